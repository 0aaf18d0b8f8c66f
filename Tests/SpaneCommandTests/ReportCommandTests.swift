import SpaneTestSupport
import Testing

/// `spane report`: what it gives to Python, and what it says where there is none. bindings/python tests the page itself.
@Suite struct ReportCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    init() throws { try folder.makeFolder("results") }

    /// The interpreter is looked for in SPANE_PYTHON, then on PATH, and gets the module and the arguments.
    @Test(arguments: [
        "SPANE_PYTHON=\"$PWD/bin/python3\"", "SPANE_PYTHON= PATH=\"$PWD/bin:$PATH\"",
        "unset SPANE_PYTHON; PATH=\"$PWD/bin:$PATH\"",
    ])
    func whatPythonGets(environment: String) throws {
        try folder.makeFolder("bin")
        // A process that another test starts while this one has a script open for writing keeps it open, and what is open for
        // writing cannot be run. So the shell makes the script of a file that is never run.
        try folder.write(
            "#!/bin/sh\n[ \"$1\" = -c ] || exit 9\nshift 2\nprintf '[%s]' \"$@\"\nexit 7\n",
            to: "script"
        )
        let result = try command.run(
            ["report", "results", "--output", "a b.html", "--title", "x"],
            shell:
                "cp script bin/python3 && chmod +x bin/python3; \(environment); export SPANE_PYTHON PATH; [ -n \"$SPANE_PYTHON\" ] || unset SPANE_PYTHON"
        )
        #expect(result.output == "[spane.report][plot][draw][--output][a b.html][--title][x][--][results]")
        // The status is that of Python.
        #expect(result.status == 7)
    }

    @Test func noPython() throws {
        try command.fail(
            ["report", "results"],
            status: Status.usage,
            "nowhere/python cannot be run: No such file or directory. To draw takes Python 3.9 or later with the "
                + "package spane; SPANE_PYTHON may name the interpreter.",
            shell: "export SPANE_PYTHON=nowhere/python"
        )
    }

    /// A Python without the package says what to install. A folder that happens to have a spane.py does not count.
    @Test func pythonWithoutThePackage() throws {
        try folder.write("raise SystemExit('this is not the package')", to: "spane.py")
        let result = try command.run(
            ["report", "results"],
            shell: "export SPANE_PYTHON=/usr/bin/python3 PYTHONNOUSERSITE=1; unset PYTHONPATH; [ -x /usr/bin/python3 ]"
        )
        #expect(result.status == 1)
        #expect(result.errors.contains("cannot draw: No module named 'spane'"))
        #expect(result.errors.contains("-m pip install 'bindings/python[plot]'"))
    }

    @Test func whatIsRefused() throws {
        try command.fail(
            ["report", "results", "missing"],
            status: Status.usage,
            "'missing' does not exist; it must be the folder of an experiment or a run."
        )
        try command.fail(["report"], status: Status.usage, "Missing expected argument '<folder> ...'")
    }
}
