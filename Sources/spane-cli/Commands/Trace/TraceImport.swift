import ArgumentParser
import SpaneScheduling
import SpaneStorage

struct TraceImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Convert a CSV trace or the log of a cluster to HDF5.",
        discussion: """
            Two layouts are recognised by their headers: 'vmid,cpu,mem,at,lt' with one VM per line in order of \
            arrival, and 'vmid,cpu,memory,time,type' with one event per line (type 0 creates, 1 deletes). Sizes are \
            in cores and GB, times in seconds. A column 'span' gives the number of NUMA nodes of a VM, and \
            'resource:NAME' its demand for another resource. Columns may be in any order and others are ignored; \
            commas, semicolons or tabs separate them. Files compressed by gzip or zstd are unpacked by these \
            programs. Of the log of a cluster, the VMs that asked for a place become a trace.
            """
    )

    @Argument(help: ArgumentHelp("Trace to read; - for standard input.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("File to write.", valueName: "out.h5"))
    var output: String

    @Option(help: "Origin of the trace, stored with it. [default: the name of the input file]")
    var source: String?

    @Option(help: "Licence of the trace, stored with it. [default: that of the input file]")
    var licence: String?

    func run() throws {
        try File.check(canWriteTo: output)
        var (trace, description) = try loadTrace(input)
        description.source = source ?? description.source
        description.licence = licence ?? description.licence
        try TraceFile.write(trace, description, to: output)
        StandardOutput.print("\(output): \(NumberText.grouped(trace.count)) VMs of \(trace.flavors.count) sizes")
    }
}
