internal import SpaneScheduling

/// The rows of a table whose header names the columns; those that a layout needs have numbers, their places in it.
///
/// A row of bare numbers is read in one pass. Any other, with quotes or spaces or with a mistake, is taken apart first.
struct TraceTable {
    /// What a table may be.
    struct Layout: Equatable {
        let columns: [String]
        /// Which of them hold integers.
        let integers: [Bool]

        /// A VM a row.
        static let rows = Layout(
            columns: ["vmid", "cpu", "mem", "at", "lt"],
            integers: [true, false, false, false, false]
        )
        /// An event a row.
        static let events = Layout(
            columns: ["vmid", "cpu", "memory", "time", "type"],
            integers: [true, false, false, false, true]
        )
    }

    /// The column that says over how many NUMA nodes a VM is spread.
    static let spanColumn = "span"
    /// What the column of any other resource than cores and memory starts with.
    static let resourcePrefix = "resource:"
    /// The columns that every table of a layout has.
    private static let needed = 5

    let layout: Layout
    /// The resources that it has columns for.
    let resources: [String]
    /// The names of the columns that the layout does not need.
    let otherColumns: [String]

    private var records: CSVRecords
    private let progress: Progress
    /// For each column of the table the place of its value, which is negative for columns that are passed over.
    private let places: [Int]
    /// The column of each place, -1 where there is none.
    private let columnOf: [Int]
    private let isInteger: [Bool]
    /// The values of a row that was read in one pass, integers as they are and numbers by their bits: those that are needed,
    /// and the span.
    private var values: InlineArray<6, Int64> = .init(repeating: 0)
    /// Those of the resources.
    private var amounts: [Double]
    private var isPlain = false

    /// - Parameter records: at its first row.
    /// - Parameter places: for each column its place: in the layout, then that of the span, then those of the resources; a
    ///   negative number for columns that are passed over.
    init(
        _ records: CSVRecords,
        layout: Layout,
        resources: [String],
        places: [Int],
        otherColumns: [String],
        progress: Progress
    ) {
        self.records = records
        self.progress = progress
        self.layout = layout
        self.resources = resources
        self.places = places
        self.otherColumns = otherColumns
        amounts = Array(repeating: 0, count: resources.count)
        columnOf = (0...Self.needed + resources.count).map { places.firstIndex(of: $0) ?? -1 }
        isInteger = places.map { $0 == Self.needed || layout.integers.indices.contains($0) && layout.integers[$0] }
    }

    /// The line of the present row.
    var line: Int { records.line }

    /// Goes to the next row, and gives false where there is none.
    mutating func next() throws(StorageError) -> Bool {
        if line.isMultiple(of: 4096) { try progress.check(records.start, of: records.bytes.count, path: records.path) }
        guard records.startNext() else { return false }
        if let end = readPlainRow() {
            isPlain = true
            records.pass(to: end)
        } else {
            isPlain = false
            try records.findFields()
            try records.checkCount(places.count)
        }
        return true
    }

    /// Reads a row of bare numbers, and gives where the next one starts; `nil` when this one is anything else.
    @inline(__always)
    private mutating func readPlainRow() -> Int? {
        let bytes = records.bytes
        var at = records.start
        for column in places.indices {
            let place = places[column]
            if place < 0 {
                while bytes[at] != records.separator, bytes[at] > UInt8(ascii: "\r"), bytes[at] != UInt8(ascii: "\"") {
                    at += 1
                }
            } else if isInteger[column] {
                guard let value = PlainNumber.scanInteger(bytes, &at) else { return nil }
                values[place] = value
            } else {
                guard let value = PlainNumber.scan(bytes, &at) else { return nil }
                if place <= Self.needed {
                    values[place] = Int64(bitPattern: value.bitPattern)
                } else {
                    amounts[place - Self.needed - 1] = value
                }
            }
            guard column + 1 < places.count else { break }
            guard bytes[at] == records.separator else { return nil }
            at += 1
        }
        if bytes[at] == UInt8(ascii: "\r") { at += 1 }
        guard bytes[at] == UInt8(ascii: "\n"), at - records.start <= CSVRecords.longest else { return nil }
        return at + 1
    }

    // MARK: Values of the present row

    mutating func integer(_ place: Int) throws(StorageError) -> Int64 {
        if isPlain { return values[place] }
        guard let value = records.integer(records.fields[columnOf[place]]) else { throw refuse(place, "an integer") }
        return value
    }

    /// A finite number.
    mutating func number(_ place: Int) throws(StorageError) -> Double {
        if isPlain {
            let value =
                place <= Self.needed
                ? Double(bitPattern: UInt64(bitPattern: values[place])) : amounts[place - Self.needed - 1]
            if value.isFinite { return value }
        } else if let value = records.number(records.fields[columnOf[place]]) {
            return value
        }
        throw refuse(place, "a finite number")
    }

    /// A size that is above zero on the grid of ``Resources``.
    mutating func size(_ place: Int) throws(StorageError) -> Double {
        let value = try number(place)
        guard Grid.demand(value) > 0, value <= Resources.largest else {
            throw refuse(place, saying: Resources.rule(value))
        }
        return value
    }

    /// A time in seconds.
    mutating func time(_ place: Int) throws(StorageError) -> Double {
        let value = try number(place)
        guard value.magnitude <= Trace.largestTime else {
            throw refuse(place, "in \(-Trace.largestTime) ... \(Trace.largestTime)")
        }
        return value
    }

    /// Over how many NUMA nodes the VM is spread; 0 for what the cluster's rule says, where the column is missing or empty.
    mutating func span() throws(StorageError) -> Int {
        guard hasValue(Self.needed) else { return 0 }
        let value = try integer(Self.needed)
        guard value >= 0, value <= SpaneScheduling.Layout.mostNodes else {
            throw refuse(
                Self.needed,
                "in 1 ... \(SpaneScheduling.Layout.mostNodes), or 0 or empty for the cluster's rule"
            )
        }
        return Int(value)
    }

    /// The amounts of the resources; an empty field is 0.
    mutating func extras() throws(StorageError) -> [Double] {
        var extras: [Double] = []
        for place in (Self.needed + 1)..<(Self.needed + 1 + resources.count) {
            let value = hasValue(place) ? try number(place) : 0
            guard value >= 0, value <= Resources.largest else { throw refuse(place, "in 0 ... \(Resources.largest)") }
            extras.append(value)
        }
        return extras
    }

    /// Whether the row has something in a column that may be missing.
    private func hasValue(_ place: Int) -> Bool {
        guard columnOf[place] >= 0 else { return false }
        return isPlain || !records.trimmed(records.fields[columnOf[place]]).isEmpty
    }

    private func name(of place: Int) -> String {
        switch place {
        case ..<Self.needed: layout.columns[place]
        case Self.needed: Self.spanColumn
        default: Self.resourcePrefix + resources[place - Self.needed - 1]
        }
    }

    func error(_ detail: String) -> StorageError { records.error(detail) }

    private mutating func refuse(_ place: Int, _ rule: String) -> StorageError {
        refuse(place, saying: "it must be \(rule)")
    }

    private mutating func refuse(_ place: Int, saying detail: String) -> StorageError {
        // A plain row was never taken apart; it has one field a column.
        if isPlain {
            do { try records.findFieldsAgain() } catch { return error }
        }
        let field = records.fields[columnOf[place]]
        let hint =
            records.separator != UInt8(ascii: ",") && records.bytes[field].contains(UInt8(ascii: ","))
            ? ", with a decimal point" : ""
        return error("column \(name(of: place)) is \"\(records.shown(field))\"; \(detail)\(hint)")
    }
}
