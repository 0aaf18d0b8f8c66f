// Attributes of the file that must be there.

extension HDF5Reader {
    package func required(string name: String) throws(StorageError) -> String { try present(string(name), name) }

    package func required(integer name: String) throws(StorageError) -> Int { Int(try present(integer(name), name)) }

    package func required(double name: String) throws(StorageError) -> Double { try present(double(name), name) }

    private func present<Value>(_ value: Value?, _ name: String) throws(StorageError) -> Value {
        guard let value else { throw error(.format, "attribute \(name) is missing") }
        return value
    }
}
