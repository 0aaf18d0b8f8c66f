internal import SpaneScheduling

/// What the beginning of a table says: the separator and the columns.
enum TraceHeader {
    private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    private static let layouts = [TraceTable.Layout.rows, .events]

    /// Reads it.
    ///
    /// - Throws: ``StorageError`` naming the columns that are there and those that are needed.
    static func read(
        _ bytes: consuming [UInt8],
        path: String,
        _ progress: Progress
    ) throws(StorageError) -> TraceTable {
        if let other = OtherFormat.of(bytes) { throw StorageError(.format, path: path, other) }
        var records = CSVRecords(bytes, path: path)
        guard records.startNext() else { throw StorageError(.format, path: path, "is empty") }
        try checkIsText(records)
        if let separator = try declaredSeparator(in: records) {
            try records.findFields()
            records.separator = separator
            guard records.startNext() else { throw records.error("no header follows") }
        } else {
            records.separator = likelySeparator(in: records)
        }
        try records.findFields()
        let given = records.fields.map { field in
            String(decoding: records.bytes[records.trimmed(field)], as: UTF8.self)
        }
        let names = given.map { $0.lowercased() }
        let layout = layouts.first { $0.columns.allSatisfy(names.contains) }
        guard let layout else {
            let shown = VisibleText.of(names.joined(separator: ",").utf8, atMost: 80)
            throw records.error(
                "the header is \"\(shown)\"; it must have the columns "
                    + layouts.map { $0.columns.joined(separator: ",") }.joined(separator: " or ")
            )
        }
        let resources = try resources(in: given, records)
        let columns = layout.columns + [TraceTable.spanColumn] + resources.map { TraceTable.resourcePrefix + $0 }
        // The name of a resource is taken as it is written.
        let keys = zip(given, names).map { $1.hasPrefix(TraceTable.resourcePrefix) ? resourceColumn($0) : $1 }
        if let twice = columns.first(where: { name in keys.count { $0 == name } > 1 }) {
            throw records.error("the header has the column \(VisibleText.of(twice.utf8, atMost: 40)) more than once")
        }
        let places = keys.map { columns.firstIndex(of: $0) ?? -1 }
        let others = zip(names, places).filter { $0.1 < 0 }.map(\.0)
        return TraceTable(
            records,
            layout: layout,
            resources: resources,
            places: places,
            otherColumns: others,
            progress: progress
        )
    }

    private static func resourceColumn(_ given: String) -> String {
        TraceTable.resourcePrefix + given.dropFirst(TraceTable.resourcePrefix.count)
    }

    /// The resources that columns `resource:NAME` are for, ascending.
    private static func resources(in header: [String], _ records: CSVRecords) throws(StorageError) -> [String] {
        var names: Set<String> = []
        for column in header where column.lowercased().hasPrefix(TraceTable.resourcePrefix) {
            let name = String(column.dropFirst(TraceTable.resourcePrefix.count))
            if let detail = TraceTerms.refusal(of: name) { throw records.error(detail) }
            names.insert(name)
        }
        guard names.count <= TraceTerms.mostResources else {
            throw records.error(
                "the header has \(names.count) columns \(TraceTable.resourcePrefix)NAME; at most "
                    + "\(TraceTerms.mostResources) are read"
            )
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Refuses a first line that is no text.
    private static func checkIsText(_ records: CSVRecords) throws(StorageError) {
        let line = firstLine(of: records)
        if let index = line.firstIndex(of: UInt8(ascii: "\r")), index < line.endIndex - 1 {
            throw StorageError(
                .format,
                path: records.path,
                "ends its lines with carriage returns alone, as old Macs did; write it with line feeds "
                    + "(tr '\\r' '\\n' <OLD >NEW)"
            )
        }
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") })
        else { throw StorageError(.format, path: records.path, "is neither an HDF5 file nor a CSV trace") }
    }

    private static func firstLine(of records: CSVRecords) -> ArraySlice<UInt8> {
        records.bytes[records.start...].prefix(CSVRecords.longest).prefix { $0 != UInt8(ascii: "\n") }
    }

    /// What a line `sep=;`, which spreadsheets write and read, says.
    private static func declaredSeparator(in records: CSVRecords) throws(StorageError) -> UInt8? {
        var line = firstLine(of: records)
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard line.count >= 4, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep=" else {
            return nil
        }
        guard line.count == 5, let separator = line.last, separators.contains(separator) else {
            let shown = VisibleText.of(line.dropFirst(4), atMost: 40)
            throw records.error("it says that \"\(shown)\" separates fields; a comma, a semicolon or a tab may")
        }
        return separator
    }

    /// The one of which the header has most, outside quotes.
    private static func likelySeparator(in records: CSVRecords) -> UInt8 {
        var counts = separators.map { _ in 0 }
        var isQuoted = false
        for byte in firstLine(of: records) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, let index = separators.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return separators[counts.firstIndex(of: most) ?? 0]
    }
}
