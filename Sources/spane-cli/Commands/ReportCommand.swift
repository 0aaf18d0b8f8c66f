import ArgumentParser
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
        try Python.run("spane.report", arguments + ["--"] + paths, extra: "plot", purpose: "draw")
    }
}
