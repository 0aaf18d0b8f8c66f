// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneNetworks
internal import SpaneStorage

/// What a `spane_model` stands for.
final class ModelHandle: LoadedObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_456D_6F64
    static var name: StaticString { "spane_model" }

    let model: Model
    let provenance: Provenance

    init(path: String) throws { (model, provenance) = try WeightsFile.read(path) }

    init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        (model, provenance) = try unsafe WeightsFile.read(memory: bytes, name: name)
    }

    var contents: String { "\(model.architecture.parameterCount) weights" }
}

@implementation @_cdecl("spane_model_load")
public func spane_model_load(
    _ path: UnsafePointer<CChar>?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ModelHandle.self, path, model, "model")
}

@implementation @_cdecl("spane_model_load_memory")
public func spane_model_load_memory(
    _ data: UnsafeRawPointer?,
    _ size: Int,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> spane_status {
    unsafe load(ModelHandle.self, data, size, model, "model")
}

@implementation @_cdecl("spane_model_save")
public func spane_model_save(_ model: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> spane_status {
    call {
        let model = try unsafe Handle.object(model, ModelHandle.self, "model")
        let path = try unsafe pathText(path)
        try WeightsFile.write(model.model, model.provenance, to: path)
        Log.write(SPANE_LOG_INFO, "\(path): \(model.contents) saved")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_model_save_memory")
public func spane_model_save_memory(
    _ model: OpaquePointer?,
    _ data: UnsafeMutableRawPointer?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let model = try unsafe Handle.object(model, ModelHandle.self, "model")
        let size = try unsafe required(size, "size")
        let bytes = try WeightsFile.image(of: model.model, model.provenance)
        try unsafe copy(bytes, to: data, capacity: capacity, size: size, "data")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_model_describe")
public func spane_model_describe(
    _ model: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_model_info>?
) -> spane_status {
    call {
        let model = try unsafe Handle.object(model, ModelHandle.self, "model").model
        let info = try unsafe required(info, "info")
        var value = spane_model_info()
        if let servers = model.architecture.boundServers { value.servers = Int32(servers) }
        value.parameters = Int64(model.architecture.parameterCount)
        value.normalisation_cpu = Double(model.normalisation.cpu)
        value.normalisation_mem = Double(model.normalisation.mem)
        try unsafe write(value, to: info, "info")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_model_provenance")
public func spane_model_provenance(
    _ model: OpaquePointer?,
    _ name: UnsafePointer<CChar>?,
    _ text: UnsafeMutablePointer<CChar>?,
    _ capacity: Int,
    _ size: UnsafeMutablePointer<Int>?
) -> spane_status {
    call {
        let model = try unsafe Handle.object(model, ModelHandle.self, "model")
        let name = try unsafe SpaneCAPI.text(name, "name")
        let size = try unsafe required(size, "size")
        guard let entry = model.provenance[name] else {
            let known = model.provenance.entries.keys.sorted().joined(separator: ", ")
            throw Failure(SPANE_NOT_FOUND, "name is \"\(name)\"; this model has \(known)")
        }
        let bytes = Array(entry.utf8) + [0]
        try unsafe copy(bytes, to: UnsafeMutableRawPointer(text), capacity: capacity, size: size, "text")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_model_free")
public func spane_model_free(_ model: OpaquePointer?) { unsafe Handle.free(model, ModelHandle.self) }
