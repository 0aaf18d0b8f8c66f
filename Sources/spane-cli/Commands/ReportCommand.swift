import ArgumentParser
import SpaneSystem
import SpaneStorage

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make an HTML report of experiments, runs and searches.",
        discussion: """
            A folder is that of an experiment, of a search, or of a run (runs whose folder names differ only by a \
            trailing number are plotted together, as seeds of one learner). A CSV file with one trial per line is a \
            search too. The page is self-contained. It is made by the Python package spane with matplotlib, run by \
            the interpreter that SPANE_PYTHON names, or python3.
            """
    )

    @Argument(
        help: ArgumentHelp("Folders of experiments, runs and searches, or CSV files of searches.", valueName: "folder")
    )
    var paths: [String]

    @Option(help: ArgumentHelp("HTML file to write, or '-'.", valueName: "file.html"))
    var output = "report.html"

    @Option(help: ArgumentHelp("Also write each figure as SVG and PNG into this folder.", valueName: "folder"))
    var figures: String?

    @Option(help: "Title of the page.")
    var title: String?

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("There is no folder to report on.") }
        for path in paths where !File.exists(path) {
            throw ValidationError("'\(path)' does not exist; it must be the folder of an experiment or a run.")
        }
    }

    func run() throws {
        var arguments = ["--output", output]
        if let figures { arguments += ["--figures", figures] }
        if let title { arguments += ["--title", title] }
        // What follows are paths, even where they begin with a dash.
        try Python.run("spane.report", arguments + ["--"] + paths)
    }
}

/// The Python package that comes with the library.
enum Python {
    /// Says what is missing, or becomes the module's `main`.
    private static let program = """
        import sys
        # Else a file spane.py in the present folder would be taken for the package.
        sys.path = [folder for folder in sys.path if folder]
        name, arguments = sys.argv[1], sys.argv[2:]
        if sys.version_info < (3, 9):
            sys.exit(f"Error: {sys.executable} is Python {sys.version.split()[0]}; 3.9 or later is needed")
        try:
            import importlib
            module = importlib.import_module(name)
        except ImportError as error:
            sys.exit(
                f"Error: {sys.executable} cannot draw: {error}\\n"
                "The Python package spane with its extra 'plot' is needed. In libspane's source: "
                f"{sys.executable} -m pip install 'bindings/python[plot]'. "
                "SPANE_PYTHON may name another interpreter."
            )
        sys.exit(module.main(arguments))
        """

    /// Becomes this module of the package; comes back only with an error.
    static func run(_ module: String, _ arguments: [String]) throws -> Never {
        let chosen = unsafe getenv("SPANE_PYTHON").map { unsafe PathText.text(cString: $0) }
        let interpreter = chosen.flatMap { $0.isEmpty ? nil : $0 } ?? "python3"
        let words = [interpreter, "-c", program, module] + arguments
        var pointers = unsafe words.map { unsafe $0.withPath { unsafe strdup($0) } } + [nil]
        _ = unsafe interpreter.withPath { unsafe execvp($0, &pointers) }
        let reason = File.systemError
        throw ValidationError(
            "\(interpreter) cannot be run: \(reason). Reports need Python 3.9 or later with the package spane; "
                + "SPANE_PYTHON may name the interpreter."
        )
    }
}
