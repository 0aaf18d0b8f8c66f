import ArgumentParser
import SpaneStorage
import SpaneSystem

/// The Python package that comes with the library.
enum Python {
    /// Says what is missing, or becomes the module's `main`.
    private static let program = """
        import sys
        # Else a file spane.py in the present folder would be taken for the package.
        sys.path = [folder for folder in sys.path if folder]
        name, extra, purpose, arguments = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
        with_extra = f"with its extra '{extra}' " if extra else ""
        if sys.version_info < (3, 9):
            sys.exit(f"Error: {sys.executable} is Python {sys.version.split()[0]}; 3.9 or later is needed")
        try:
            import importlib
            module = importlib.import_module(name)
        except ImportError as error:
            sys.exit(
                f"Error: {sys.executable} cannot {purpose}: {error}\\n"
                f"The Python package spane {with_extra}is needed. In libspane's source: "
                f"{sys.executable} -m pip install 'bindings/python{extra and f'[{extra}]'}'. "
                "SPANE_PYTHON may name another interpreter."
            )
        except KeyboardInterrupt:
            sys.exit(130)
        sys.exit(module.main(arguments))
        """

    /// Becomes this module of the package; comes back only with an error.
    ///
    /// - Parameters:
    ///   - extra: of the package that the module needs.
    ///   - purpose: what cannot be done without it.
    static func run(_ module: String, _ arguments: [String], extra: String, purpose: String) throws -> Never {
        var words = unsafe words(module, arguments, extra: extra, purpose: purpose)
        _ = unsafe interpreter.withPath { unsafe execvp($0, &words) }
        throw failure(File.systemError, purpose: purpose)
    }

    /// Starts a process that runs this module of the package. What it prints goes to standard error, and it has no input.
    ///
    /// - Parameters:
    ///   - descriptor: a descriptor that it gets.
    ///   - number: the number that it has there.
    static func start(
        _ module: String,
        _ arguments: [String],
        purpose: String,
        handing descriptor: Int32,
        as number: Int32
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var words = unsafe words(module, arguments, extra: "", purpose: purpose)
        defer { unsafe words.forEach { unsafe free($0) } }
        var process = pid_t()
        let error = unsafe interpreter.withPath {
            unsafe posix_spawnp(&process, $0, &actions, nil, &words, environ)
        }
        guard error == 0 else { throw failure(File.systemError(error), purpose: purpose) }
        return process
    }

    private static var interpreter: String {
        let chosen = unsafe getenv("SPANE_PYTHON").map { unsafe PathText.text(cString: $0) }
        return chosen.flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
    }

    /// The command line, with its end.
    private static func words(
        _ module: String,
        _ arguments: [String],
        extra: String,
        purpose: String
    ) -> [UnsafeMutablePointer<CChar>?] {
        let words = [interpreter, "-c", program, module, extra, purpose] + arguments
        return unsafe words.map { unsafe $0.withPath { unsafe strdup($0) } } + [nil]
    }

    private static func failure(_ reason: String, purpose: String) -> ValidationError {
        ValidationError(
            "\(interpreter) cannot be run: \(reason). To \(purpose) takes Python 3.9 or later with the package spane; "
                + "SPANE_PYTHON may name the interpreter."
        )
    }
}
