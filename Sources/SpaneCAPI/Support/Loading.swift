internal import CSpaneHeader
internal import SpaneScheduling
internal import SpaneStorage

/// An object that is read from a file or from the content of one.
protocol LoadedObject: HandleObject {
    init(path: String) throws
    /// - Parameter name: what messages call the bytes.
    init(memory bytes: UnsafeRawBufferPointer, name: String) throws
    /// What was read, for the log: "5 servers".
    var contents: String { get }
}

/// One that may take long to read.
protocol LargeObject: LoadedObject {
    init(path: String, progress: Progress) throws
    init(memory bytes: UnsafeRawBufferPointer, name: String, progress: Progress) throws
}

extension LargeObject {
    init(path: String) throws { try self.init(path: path, progress: .none) }
    init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        try unsafe self.init(memory: bytes, name: name, progress: .none)
    }
}

/// Loads an object from the file at `path` for the argument `name`.
func load<Object: LoadedObject>(
    _: Object.Type,
    _ path: UnsafePointer<CChar>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ name: StaticString
) -> spane_status {
    call {
        let path = try unsafe pathText(path)
        let out = try unsafe required(out, name)
        let object = try Object(path: path)
        Log.write(SPANE_LOG_INFO, "\(path): \(object.contents) loaded")
        unsafe out.pointee = Handle.make(object)
        return SPANE_OK
    }
}

/// Loads an object from the `size` bytes at `data` for the argument `name`.
func load<Object: LoadedObject>(
    _: Object.Type,
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ name: StaticString
) -> spane_status {
    call {
        let bytes = try unsafe bytes(data, size)
        let out = try unsafe required(out, name)
        unsafe out.pointee = Handle.make(try unsafe Object(memory: bytes, name: "data"))
        return SPANE_OK
    }
}

/// Loads a large object from the file at `path` for the argument `name`.
func load<Object: LargeObject>(
    _: Object.Type,
    _ path: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ name: StaticString
) -> spane_status {
    unsafe load(path, progress, out, name) { path, progress in try Object(path: path, progress: progress) }
}

/// Loads a large object from the file at `path` in a way of its own.
func load<Object: LargeObject>(
    _ path: UnsafePointer<CChar>?,
    _ progress: UnsafePointer<spane_progress>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ name: StaticString,
    make: (String, Progress) throws -> Object
) -> spane_status {
    call {
        let path = try unsafe pathText(path)
        let out = try unsafe required(out, name)
        let progress = unsafe Progress(progress, total: try File.size(path))
        let object = try make(path, progress)
        try progress.finish()
        Log.write(SPANE_LOG_INFO, "\(path): \(object.contents) loaded")
        unsafe out.pointee = Handle.make(object)
        return SPANE_OK
    }
}

/// Loads a large object from the `size` bytes at `data` for the argument `name`.
func load<Object: LargeObject>(
    _: Object.Type,
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ progress: UnsafePointer<spane_progress>?,
    _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ name: StaticString
) -> spane_status {
    call {
        let bytes = try unsafe bytes(data, size)
        let out = try unsafe required(out, name)
        let progress = unsafe Progress(progress, total: bytes.count)
        let object = try unsafe Object(memory: bytes, name: "data", progress: progress)
        try progress.finish()
        unsafe out.pointee = Handle.make(object)
        return SPANE_OK
    }
}
