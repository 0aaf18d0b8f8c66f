import SpaneTestSupport
import Testing

/// `spane model export` and `import`: what they give to Python. bindings/python tests the conversion itself.
@Suite struct ModelConversionCommandTests {
    private let command = Command()
    private var folder: TemporaryFolder { command.folder }

    private func told(_ arguments: [String]) throws -> String {
        try folder.makeFolder("bin")
        // Copied by the shell: a file that this process has had open for writing may not be run at once.
        try folder.write("#!/bin/sh\nshift 2\nprintf '[%s]' \"$@\"\n", to: "script")
        let result = try command.run(
            arguments,
            shell: "cp script bin/python3 && chmod +x bin/python3; export SPANE_PYTHON=\"$PWD/bin/python3\""
        )
        #expect(result.status == 0)
        return result.output
    }

    @Test func export() throws {
        #expect(
            try told(["model", "export", "a.h5", "b c.onnx", "--force", "--note=-x"])
                == "[spane.convert][onnx][convert weights][--note=-x][--force][--][a.h5][b c.onnx]"
        )
    }

    @Test func importOfTensorsAlone() throws {
        let options = ["--aggregators", "std,mean", "--cpu", "20", "--mem", "45.5", "--licence", "MIT"]
        #expect(
            try told(["model", "import", "a.TH", "b.h5"] + options)
                == "[spane.convert][onnx][convert weights][--aggregators=std,mean][--cpu=20.0][--mem=45.5][--licence=MIT]"
                + "[--][a.TH][b.h5]"
        )
        #expect(
            try told(["model", "import", "a.pt", "b.h5", "--activation", "tanh", "--units", "own-node"])
                == "[spane.convert][onnx][convert weights][--activation=tanh][--units=own-node][--][a.pt][b.h5]"
        )
    }

    @Test(arguments: [["export", "a.h5", "b.h5"], ["import", "b.h5", "a.h5"]])
    func whatIsRefused(arguments: [String]) throws {
        try command.fail(
            ["model"] + arguments,
            status: Status.usage,
            "'b.h5' must end in one of .onnx, .pt, .pth, .th."
        )
    }
}
