internal import CSpaneHeader
internal import SpaneSystem
internal import SpaneNetworks
internal import SpaneScheduling
internal import SpaneSettings
internal import SpaneStorage

/// An error of the C API: a status and the sentence that explains it.
struct Failure: Error {
    let status: spane_status
    let message: String

    init(_ status: spane_status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The one place where errors of the modules below become statuses.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure:
            self = failure
        case let error as SchedulingError:
            self.init(Self.status(of: error.code), error.description)
        case let error as StorageError:
            self.init(Self.status(of: error.code), error.description)
        case let error as SettingsError:
            self.init(SPANE_FORMAT, error.description)
        case let error as OutOfMemory:
            self.init(SPANE_OUT_OF_MEMORY, error.description)
        case let error as NetworkError:
            self.init(Self.status(of: error.code), error.description)
        default:
            self.init(SPANE_INTERNAL, "\(error)")
        }
    }

    /// What is wrong with a saved state, which messages call `name`.
    init(state error: SchedulingError, of name: String) {
        self.init(error.code == .outOfMemory ? SPANE_OUT_OF_MEMORY : SPANE_FORMAT, "\(name): \(error)")
    }

    private static func status(of code: SchedulingError.Code) -> spane_status {
        switch code {
        case .invalidArgument: SPANE_INVALID_ARGUMENT
        case .invalidTrace: SPANE_INVALID_ARGUMENT
        case .unavailableAction: SPANE_INFEASIBLE_ACTION
        case .duplicateVM: SPANE_EXISTS
        case .notFound: SPANE_NOT_FOUND
        case .badState: SPANE_BAD_STATE
        case .outOfMemory: SPANE_OUT_OF_MEMORY
        case .cancelled: SPANE_CANCELLED
        default: SPANE_INTERNAL
        }
    }

    private static func status(of code: NetworkError.Code) -> spane_status {
        switch code {
        case .invalidArgument: SPANE_INVALID_ARGUMENT
        case .shapeMismatch: SPANE_SHAPE_MISMATCH
        }
    }

    private static func status(of code: StorageError.Code) -> spane_status {
        switch code {
        case .io: SPANE_IO
        case .format: SPANE_FORMAT
        case .version: SPANE_UNKNOWN_VERSION
        case .shapeMismatch: SPANE_SHAPE_MISMATCH
        case .outOfMemory: SPANE_OUT_OF_MEMORY
        case .cancelled: SPANE_CANCELLED
        default: SPANE_INTERNAL
        }
    }
}
