import CSpaneHeader
import Glibc
import SpaneScheduling
import SpaneStorage
import SpaneTestSupport
import SpaneWorkloads
import Testing

@Suite struct TraceTests {
    private let folder = TemporaryFolder()

    private func vms(_ trace: Owned, _ count: Int) throws -> [VirtualMachine] { try readColumns(trace, 0, count).vms }

    private func text(_ trace: Owned, _ name: String) throws -> String {
        var size = 0
        try ok(spane_trace_provenance(trace.pointer, name, nil, 0, &size))
        var text = [CChar](repeating: 1, count: size)
        try ok(spane_trace_provenance(trace.pointer, name, &text, size, &size))
        #expect(text.last == 0)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Paths are any bytes.
    @Test func aPathThatIsNoUTF8() throws {
        let path = Array(folder.file("caf").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
        let trace = try makeTrace(count: 20, seed: 1)
        try ok(spane_trace_save(trace.pointer, path, nil, nil, nil))
        #expect(access(path, F_OK) == 0)
        let loaded = try Owned(spane_trace_free) { spane_trace_load(path, nil, &$0) }
        #expect(try vms(loaded, 20) == vms(trace, 20))
    }

    @Test func generatesWhatTheCommandGenerates() throws {
        let expected = try Trace(SyntheticWorkload(count: 500, seed: 9).makeVirtualMachines())
        let trace = try makeTrace(count: 500, seed: 9)
        #expect(try vms(trace, 500) == Array(expected.vms))
        #expect(try text(trace, "content_sha256") == TraceFile.contentHash(of: expected))
        #expect(try text(trace, "source") == "spane trace generate --count 500 --seed 9")
        var info = spane_trace_info()
        info.struct_size = UInt32(MemoryLayout<spane_trace_info>.size)
        try ok(spane_trace_describe(trace.pointer, &info))
        #expect(info.count == 500)
        #expect(info.flavors == expected.flavors.count)
        #expect(info.first_arrival == expected.vms.first?.arrival)
        #expect(info.last_arrival == expected.vms.last?.arrival)
        #expect(info.largest_mem == expected.flavors.map(\.mem).max())
        #expect(info.smallest_cpu == expected.flavors.map(\.cpu).min())
    }

    @Test func savesAndLoads() throws {
        let trace = try makeTrace(count: 300, seed: 4)
        let path = folder.file("trace.h5")
        try ok(spane_trace_save(trace.pointer, path, "a test", nil, nil))
        let bytes = try folder.read("trace.h5")
        let loaded = try Owned(spane_trace_free) { spane_trace_load(path, nil, &$0) }
        let again = try Owned(spane_trace_free) { spane_trace_load_memory(bytes, bytes.count, nil, &$0) }
        for other in [loaded, again] {
            #expect(try vms(other, 300) == vms(trace, 300))
            #expect(try text(other, "content_sha256") == text(trace, "content_sha256"))
            #expect(try text(other, "source") == "a test")
            #expect(try text(other, "licence") == "MIT")
        }
    }

    /// While one file in memory is open others come and go.
    @Test func callbacksMayReadAndWriteFiles() throws {
        let (large, small) = (try makeTrace(count: 40_000, seed: 6), try makeTrace(count: 300, seed: 7))
        func bytes(_ trace: Owned, _ progress: UnsafePointer<spane_progress>? = nil) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 4 << 20)
            var size = 0
            expect(spane_trace_save_memory(trace.pointer, progress, &bytes, bytes.count, &size), SPANE_OK, "")
            return Array(bytes.prefix(size))
        }
        let (largeFile, smallFile) = (bytes(large), bytes(small))
        let listener = Listener()
        var count = 0
        listener.action = {
            let isSame = bytes(small) == smallFile
            #expect(isSame)
            var loaded: OpaquePointer?
            expect(spane_trace_load_memory(smallFile, smallFile.count, nil, &loaded), SPANE_OK, "")
            var info = spane_trace_info()
            info.struct_size = UInt32(MemoryLayout<spane_trace_info>.size)
            expect(spane_trace_describe(loaded, &info), SPANE_OK, "")
            #expect(info.count == 300)
            spane_trace_free(loaded)
            count += 1
        }
        let again = try listener.hear { progress in
            try Owned(spane_trace_free) { spane_trace_load_memory(largeFile, largeFile.count, progress, &$0) }
        }
        let isLoaded = try vms(again, 40_000) == vms(large, 40_000)
        let isSaved = listener.hear { bytes(large, $0) } == largeFile
        #expect(isLoaded && isSaved)
        #expect(count > 2)
    }

    @Test func savesIntoMemoryWhatItSavesToAFile() throws {
        let trace = try makeTrace(count: 300, seed: 4)
        try ok(spane_trace_save(trace.pointer, folder.file("trace.h5"), nil, nil, nil))
        var size = 0
        try ok(spane_trace_save_memory(trace.pointer, nil, nil, 0, &size))
        var bytes = [UInt8](repeating: 0, count: size)
        expect(spane_trace_save_memory(trace.pointer, nil, &bytes, size - 1, &size), SPANE_BUFFER_TOO_SMALL, "data")
        try ok(spane_trace_save_memory(trace.pointer, nil, &bytes, size, &size))
        #expect(try folder.read("trace.h5") == bytes)
    }

    /// Also when it is first told at the end, after all the work: nothing has happened then.
    @Test func canBeCancelled() throws {
        let path = folder.file("trace.h5")
        let saved = try makeTrace(count: 30_000, seed: 4)
        try ok(spane_trace_save(saved.pointer, path, nil, nil, nil))
        let bytes = try folder.read("trace.h5")
        let csv = try folder.write("vmid,cpu,mem,at,lt\n0,1,1,0,5\n1,1,1,1,5\n", to: "trace.csv")
        var trace: OpaquePointer?
        var size = 77
        let numbers = [Double](repeating: 1, count: 30_000)
        let columns = Columns(cpu: numbers, mem: numbers, arrival: numbers, lifetime: numbers)
        let work: [(total: Int, call: (UnsafePointer<spane_progress>) -> spane_status)] = [
            (30_000, { spane_trace_generate(30_000, 1, $0, &trace) }),
            (30_000, { spane_trace_new(&columns.pointers, 30_000, $0, &trace) }),
            (bytes.count, { spane_trace_load(path, $0, &trace) }),
            (try folder.read("trace.csv").count, { spane_trace_load(csv, $0, &trace) }),
            (bytes.count, { spane_trace_load_memory(bytes, bytes.count, $0, &trace) }),
            (30_000, { spane_trace_save(saved.pointer, path, "another source", nil, $0) }),
            (30_000, { spane_trace_save_memory(saved.pointer, $0, nil, 0, &size) }),
        ]
        for (total, call) in work {
            let all = Listener()
            #expect(all.hear(call) == SPANE_OK)
            #expect(all.heard(all: total))
            spane_trace_free(trace)
            trace = nil
        }
        try ok(spane_trace_save(saved.pointer, path, nil, nil, nil))
        size = 77
        for (_, call) in work {
            let listener = Listener()
            listener.cancelAt = 1
            listener.hear { expect(call($0), SPANE_CANCELLED, "progress") }
            #expect(trace == nil && size == 77)
        }
        #expect(try folder.read("trace.h5") == bytes)
        #expect(try folder.names() == ["trace.csv", "trace.h5"])
    }

    @Test func savesTextsOfAnyLength() throws {
        let trace = try makeTrace(count: 2, seed: 4)
        for source in ["", "x", String(repeating: "söurce ", count: 500)] {
            let path = folder.file("trace.h5")
            try ok(spane_trace_save(trace.pointer, path, source, "", nil))
            let loaded = try Owned(spane_trace_free) { spane_trace_load(path, nil, &$0) }
            #expect(try text(loaded, "source") == source)
            #expect(try text(loaded, "licence") == "")
        }
    }

    @Test func loadsCSV() throws {
        let path = try folder.write("vmid,cpu,mem,at,lt\n5,1,2,3,4\n6,2,20,3,8\n", to: "trace.csv")
        let trace = try Owned(spane_trace_free) { spane_trace_load(path, nil, &$0) }
        #expect(try vms(trace, 2).map(\.id) == [5, 6])
        #expect(try vms(trace, 2).map(\.mem) == [2, 20])
    }

    @Test func copiesColumnsAndNumbersRows() throws {
        let cpu = [1.0, 2, 3]
        let trace = try Owned(spane_trace_free) {
            let columns = Columns(cpu: cpu, mem: [1, 1, 1], arrival: [0, 0, 5], lifetime: [7, 0, 1])
            return spane_trace_new(&columns.pointers, 3, nil, &$0)
        }
        #expect(try vms(trace, 3).map(\.cpu) == [1, 2, 3])
        #expect(try vms(trace, 3).map(\.id) == [0, 1, 2])
        #expect(try text(trace, "source") == "spane_trace_new")
    }

    @Test func spansAndResourcesAreColumns() throws {
        let columns = Columns(
            cpu: [1, 2, 4],
            mem: [4, 8, 16],
            arrival: [0, 0, 5],
            lifetime: [7, 0, 1],
            span: [0, 2, 8],
            resources: [("gpu", [0, 2, 0.5]), ("disk", [10, 0, 30])]
        )
        let trace = try Owned(spane_trace_free) { spane_trace_new(&columns.pointers, 3, nil, &$0) }
        let path = folder.file("columns.h5")
        try ok(spane_trace_save(trace.pointer, path, nil, nil, nil))
        // A file tells the resources in the order of their names.
        let loaded = try Owned(spane_trace_free) { spane_trace_load(path, nil, &$0) }
        for (trace, names) in [(trace, ["gpu", "disk"]), (loaded, ["disk", "gpu"])] {
            var info = spane_trace_info()
            info.struct_size = UInt32(MemoryLayout<spane_trace_info>.size)
            try ok(spane_trace_describe(trace.pointer, &info))
            let told = (0..<Int(info.resource_count)).map { index in
                info.resources[index].map { String(cString: $0) }
            }
            #expect(told == names)
            let read = try readColumns(trace, 1, 2, resources: 2)
            #expect(read.vms.map(\.span) == [2, 8])
            #expect(read.vms.map(\.cpu) == [2, 4])
            #expect(read.amounts == names.map { $0 == "gpu" ? [2, 0.5] : [0, 30] })
        }
    }

    @Test func refusesImpossibleSpansAndResources() throws {
        let ones = [1.0, 1]
        func make(span: [Int32]? = nil, _ resources: [(name: String, amounts: [Double])] = []) -> spane_status {
            let columns = Columns(
                cpu: ones,
                mem: ones,
                arrival: ones,
                lifetime: ones,
                span: span,
                resources: resources
            )
            var trace: OpaquePointer?
            let status = spane_trace_new(&columns.pointers, 2, nil, &trace)
            #expect((trace == nil) == (status != SPANE_OK))
            spane_trace_free(trace)
            return status
        }
        expect(make(span: [0, 8], [("gpu", [0, 1])]), SPANE_OK)
        for span in [-1, 9, .min, .max] as [Int32] {
            expect(make(span: [0, span]), SPANE_INVALID_ARGUMENT, "VM 1", "span is \(span)")
        }
        for amount in [-1, .nan, .infinity, 0x1p33] {
            expect(make([("gpu", [0, amount])]), SPANE_INVALID_ARGUMENT, "VM 1", "gpu")
        }
        for name in ["", "cpu", "a\nb", String(repeating: "x", count: 256)] {
            expect(make([(name, ones)]), SPANE_INVALID_ARGUMENT, "resource")
        }
        expect(make([("gpu", ones), ("gpu", ones)]), SPANE_INVALID_ARGUMENT, "gpu", "twice")
        let many = (0..<63).map { (name: "r\($0)", amounts: ones) }
        expect(make(many), SPANE_INVALID_ARGUMENT, "0 ... 62")
        expect(make(Array(many.dropLast())), SPANE_OK)
    }

    @Test func refusesImpossibleVMs() throws {
        func make(cpu: Double = 1, mem: Double = 1, arrival: Double = 1, lifetime: Double = 1, count: Int = 3)
            -> spane_status
        {
            var trace: OpaquePointer?
            let (cpus, mems) = ([1, cpu, 1], [1, mem, 1])
            let columns = Columns(cpu: cpus, mem: mems, arrival: [0, arrival, 2], lifetime: [0, lifetime, 0])
            let status = spane_trace_new(&columns.pointers, count, nil, &trace)
            #expect((trace == nil) == (status != SPANE_OK))
            spane_trace_free(trace)
            return status
        }
        expect(make(), SPANE_OK)
        for value in [0, -1, .nan, .infinity, 0x1p33, 1e-9] {
            expect(make(cpu: value), SPANE_INVALID_ARGUMENT, "VM 1", "cpu")
            expect(make(mem: value), SPANE_INVALID_ARGUMENT, "VM 1", "mem")
        }
        for value in [-1, .nan, -.infinity, .infinity, -0x1p54] {
            expect(make(arrival: value), SPANE_INVALID_ARGUMENT, "VM 1", "arrival")
        }
        expect(make(arrival: 3), SPANE_INVALID_ARGUMENT, "VM 2", "ascend")
        for value in [-1, .nan, .infinity, 1e308] {
            expect(make(lifetime: value), SPANE_INVALID_ARGUMENT, "VM 1", "lifetime")
        }
        for count in [0, 1, -1, Int(Int32.max), Int.max, Int.min] {
            expect(make(count: count), SPANE_INVALID_ARGUMENT, "count", "2 ... 2147483646")
        }
    }

    @Test func refusesWhatIsNotThere() throws {
        let trace = try makeTrace(count: 10, seed: 1)
        var buffers = spane_trace_buffers()
        try ok(spane_trace_buffers_init(&buffers))
        expect(spane_trace_read(trace.pointer, 11, 0, &buffers), SPANE_INVALID_ARGUMENT, "first", "0 ... 10")
        expect(spane_trace_read(trace.pointer, 9, 2, &buffers), SPANE_INVALID_ARGUMENT, "count", "0 ... 1")
        expect(spane_trace_read(trace.pointer, 9, -1, &buffers), SPANE_INVALID_ARGUMENT, "count")
        expect(spane_trace_read(trace.pointer, 10, 0, &buffers), SPANE_OK)
        buffers.resource_count = 1
        expect(spane_trace_read(trace.pointer, 0, 1, &buffers), SPANE_INVALID_ARGUMENT, "resource_count", "0 ... 0")
        var size = 77
        expect(spane_trace_provenance(trace.pointer, "author", nil, 0, &size), SPANE_NOT_FOUND, "author", "licence")
        #expect(size == 77)
        var text = [CChar](repeating: 1, count: 3)
        expect(spane_trace_provenance(trace.pointer, "licence", &text, 3, &size), SPANE_BUFFER_TOO_SMALL, "3", "4")
        #expect(size == 4 && text == [1, 1, 1])
        var other: OpaquePointer?
        expect(spane_trace_generate(1, 0, nil, &other), SPANE_INVALID_ARGUMENT, "count is 1")
        expect(spane_trace_generate(100_000_001, 0, nil, &other), SPANE_INVALID_ARGUMENT, "100000000")
        expect(spane_trace_load(folder.file("none.h5"), nil, &other), SPANE_IO, "none.h5")
        expect(spane_trace_load(try folder.write("hello", to: "a.csv"), nil, &other), SPANE_FORMAT, "a.csv")
        expect(spane_trace_load_memory([1, 2, 3] as [UInt8], 3, nil, &other), SPANE_FORMAT, "data")
        expect(spane_trace_load_memory([1, 2, 3] as [UInt8], 0, nil, &other), SPANE_FORMAT, "data")
        expect(spane_trace_load_memory([1, 2, 3] as [UInt8], -1, nil, &other), SPANE_INVALID_ARGUMENT, "size")
        expect(spane_trace_save(trace.pointer, folder.file("no/where.h5"), nil, nil, nil), SPANE_IO, "where.h5")
        var info = spane_trace_info()
        expect(spane_trace_describe(trace.pointer, &info), SPANE_UNKNOWN_VERSION, "struct_size")
        #expect(other == nil)
    }

    @Test func refusesOtherHandles() throws {
        let trace = try makeTrace(count: 10, seed: 1)
        let env = try makeEnvironment(trace, environmentOptions)
        var info = spane_trace_info()
        expect(spane_trace_describe(env.pointer, &info), SPANE_INVALID_ARGUMENT, "spane_trace")
        expect(spane_env_step(trace.pointer, 0, nil), SPANE_INVALID_ARGUMENT, "spane_env")
        // A handle of another type is left alone.
        spane_trace_free(env.pointer)
        spane_env_free(trace.pointer)
        expect(spane_env_reset(env.pointer, 0, SPANE_END_LENGTH, 3), SPANE_OK)
    }
}
