import ArgumentParser
import SpaneScheduling
import SpaneStorage

struct TraceImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Convert a CSV trace to HDF5.",
        discussion: """
            Two layouts are read, told apart by the header: 'vmid,cpu,mem,at,lt' with a VM a line in order of arrival, \
            and 'vmid,cpu,memory,time,type' with an event a line (type 0 creates, 1 deletes). Sizes are cores and GB, \
            times seconds. A column 'span' says over how many NUMA nodes a VM is spread, and 'resource:NAME' how much of a further \
            resource it asks for. Columns may be in any order, others are passed over, and commas, semicolons or tabs \
            separate them. Files packed with gzip or zstd are unpacked by these programs.
            """
    )

    @Argument(help: ArgumentHelp("The trace to read; - for standard input.", valueName: "in.csv"))
    var input: String

    @Argument(help: ArgumentHelp("The file to write.", valueName: "out.h5"))
    var output: String

    @Option(help: "Where the trace comes from, to be kept with it. [default: the name of the file read]")
    var source: String?

    @Option(help: "The licence of the trace, to be kept with it. [default: what the file read says]")
    var licence: String?

    func run() throws {
        var (trace, description) = try loadTrace(input)
        description.source = source ?? description.source
        description.licence = licence ?? description.licence
        try TraceFile.write(trace, description, to: output)
        StandardOutput.print("\(output): \(NumberText.grouped(trace.count)) VMs of \(trace.flavors.count) sizes")
    }
}
