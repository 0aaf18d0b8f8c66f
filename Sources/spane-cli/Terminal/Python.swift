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
        if sys.version_info < (3, 9):
            sys.exit(f"Error: {sys.executable} is Python {sys.version.split()[0]}; 3.9 or later is needed")
        try:
            import importlib
            module = importlib.import_module(name)
        except ImportError as error:
            sys.exit(
                f"Error: {sys.executable} cannot {purpose}: {error}\\n"
                f"The Python package spane with its extra '{extra}' is needed. In libspane's source: "
                f"{sys.executable} -m pip install 'bindings/python[{extra}]'. "
                "SPANE_PYTHON may name another interpreter."
            )
        sys.exit(module.main(arguments))
        """

    /// Becomes this module of the package; comes back only with an error.
    ///
    /// - Parameters:
    ///   - extra: of the package that the module needs.
    ///   - purpose: what cannot be done without it.
    static func run(_ module: String, _ arguments: [String], extra: String, purpose: String) throws -> Never {
        let chosen = unsafe getenv("SPANE_PYTHON").map { unsafe PathText.text(cString: $0) }
        let interpreter = chosen.flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
        let words = [interpreter, "-c", program, module, extra, purpose] + arguments
        var pointers = unsafe words.map { unsafe $0.withPath { unsafe strdup($0) } } + [nil]
        _ = unsafe interpreter.withPath { unsafe execvp($0, &pointers) }
        let reason = File.systemError
        throw ValidationError(
            "\(interpreter) cannot be run: \(reason). To \(purpose) takes Python 3.9 or later with the package spane; "
                + "SPANE_PYTHON may name the interpreter."
        )
    }
}
