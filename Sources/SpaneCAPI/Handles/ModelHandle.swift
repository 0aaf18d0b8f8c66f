// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneStorage

/// What a `spane_model` stands for.
final class ModelHandle: LoadedObject, Sendable {
    static let tag: UInt64 = 0x5350_414E_456D_6F64
    static var name: StaticString { "spane_model" }

    let model: Model
    let provenance: Provenance
    fileprivate let kind: PermanentText
    fileprivate let layers: PermanentText
    fileprivate let units: PermanentText

    private init(_ model: Model, _ provenance: Provenance) {
        (self.model, self.provenance) = (model, provenance)
        kind = PermanentText(model.architecture.name)
        layers = PermanentText(model.architecture.settings)
        units = PermanentText(model.architecture.units.rawValue)
    }

    convenience init(path: String) throws {
        let (model, provenance) = try WeightsFile.read(path)
        self.init(model, provenance)
    }

    convenience init(memory bytes: UnsafeRawBufferPointer, name: String) throws {
        let (model, provenance) = try unsafe WeightsFile.read(memory: bytes, name: name)
        self.init(model, provenance)
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
        let handle = try unsafe Handle.object(model, ModelHandle.self, "model")
        let info = try unsafe required(info, "info")
        try unsafe write(spane_model_info(handle), to: info, "info")
        return SPANE_OK
    }
}

@implementation @_cdecl("spane_model_input")
public func spane_model_input(
    _ model: OpaquePointer?,
    _ index: Int32,
    _ info: UnsafeMutablePointer<spane_input_info>?
) -> spane_status {
    call {
        let model = try unsafe Handle.object(model, ModelHandle.self, "model").model
        let info = try unsafe required(info, "info")
        let inputs = model.architecture.inputs
        let input = inputs[try checkedIndex(index, below: inputs.count)]
        try unsafe write(spane_input_info(input, of: model), to: info, "info")
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

extension spane_model_info {
    fileprivate init(_ handle: ModelHandle) {
        let (model, architecture) = (handle.model, handle.model.architecture)
        unsafe self.init()
        if let bound = architecture.boundServers { unsafe servers = Int32(bound) }
        unsafe parameters = Int64(architecture.parameterCount)
        unsafe bytes = Int64(architecture.modelBytes)
        unsafe normalisation_cpu = Double(model.normalisation.cpu)
        unsafe normalisation_mem = Double(model.normalisation.mem)
        unsafe kind = handle.kind.pointer
        unsafe layers = handle.layers.pointer
        unsafe units = handle.units.pointer
        unsafe fewest_nodes = Int32(architecture.nodes.lowerBound)
        unsafe most_nodes = Int32(architecture.nodes.upperBound)
        unsafe input_count = Int32(architecture.inputs.count)
    }
}

extension spane_input_info {
    fileprivate init(_ input: NetworkInput, of model: Model) {
        unsafe self.init()
        unsafe name = constant(input.name)
        unsafe per =
            switch input.scope {
            case .decision: SPANE_PER_DECISION
            case .server: SPANE_PER_SERVER
            case .node: SPANE_PER_NODE
            }
        let amount: Float
        switch input.unit {
        case .cores: unsafe (unit, amount) = (constant("cores"), model.normalisation.cpu)
        case .gigabytes: unsafe (unit, amount) = (constant("GB"), model.normalisation.mem)
        case .flag: unsafe (unit, amount) = (constant(""), 1)
        }
        unsafe divisor = input.isRelativeToOwnNode ? 0 : Double(amount)
    }
}

extension Architecture {
    /// What a weights file says of it beside its name, one a line.
    fileprivate var settings: String {
        attributes.dropFirst().map { name, value in
            switch value {
            case .text(let text): "\(name)=\(text)"
            case .integer(let number): "\(name)=\(number)"
            }
        }.joined(separator: "\n")
    }
}
