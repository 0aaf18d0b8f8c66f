internal import SpaneHostileFiles
package import SpaneStorage

/// Sound HDF5 files that mean harm, made by what the fuzz targets use too.
package enum HostileFile {
    /// A kind of harm.
    package struct Kind: Sendable, CustomStringConvertible {
        fileprivate let kind: UInt32
        package var description: String { unsafe String(cString: hostile_name(hostile_kind(kind))) }
    }

    /// All kinds.
    package static let kinds = (0..<hostile_kinds.rawValue).map(Kind.init)

    /// The kind of this name.
    package static func kind(_ name: String) -> Kind {
        guard let kind = kinds.first(where: { $0.description == name }) else { preconditionFailure("no \(name)") }
        return kind
    }

    /// Puts harm in place of the object `name` of a file; false where HDF5 does not make such a thing.
    ///
    /// - Parameter amount: the size of claims.
    /// - Parameter elsewhere: where links lead to.
    package static func edit(
        _ path: String,
        _ name: String,
        _ kind: Kind,
        amount: UInt64,
        elsewhere: String
    ) throws(StorageError) -> Bool {
        try HDF5.perform { () throws(StorageError) in
            unsafe hostile_edit(path, name, hostile_kind(kind.kind), amount, elsewhere) == 0
        }
    }
}
