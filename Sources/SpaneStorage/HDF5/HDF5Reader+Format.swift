extension HDF5Reader {
    /// Refuses a file that does not say that it is of this format and version.
    package func check(format: String, version: Int64) throws(StorageError) {
        _ = try check(format: format, versions: version...version)
    }

    /// Refuses a file that does not say that it is of this format and one of these versions, and gives its version.
    func check(format: String, versions: ClosedRange<Int64>) throws(StorageError) -> Int64 {
        let found = try string("format")
        guard found == format else {
            throw error(
                .format,
                "attribute format is \(found.map { "\"\($0)\"" } ?? "missing"); it must be \"\(format)\""
            )
        }
        let known =
            versions.count == 1
            ? "version \(versions.lowerBound)" : "versions \(versions.lowerBound) to \(versions.upperBound)"
        guard let number = try integer("format_version") else {
            throw error(.version, "attribute format_version is missing; this library reads \(known)")
        }
        guard versions.contains(number) else {
            throw error(.version, "attribute format_version is \(number); this library reads \(known)")
        }
        return number
    }
}
