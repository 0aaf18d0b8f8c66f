// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling
internal import SpaneStorage

// Logs of clusters.

@implementation @_cdecl("spane_cluster_start_log")
public func spane_cluster_start_log(
    _ cluster: OpaquePointer?,
    _ path: UnsafePointer<CChar>?,
    _ durability: Int32,
    _ progress: UnsafePointer<spane_progress>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let path = try unsafe pathText(path)
        guard let durability = ClusterLog.Durability(rawValue: Int(durability)) else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "durability is \(durability); it must be one of SPANE_DURABILITY_..., 0 ... "
                    + "\(ClusterLog.Durability.allCases.count - 1)"
            )
        }
        return try handle.gate.exclusive {
            let total = handle.cluster.serverCount + handle.cluster.vmCount
            let progress = unsafe Progress(progress, total: total)
            handle.log = try ClusterLog.start(path, of: &handle.cluster, durability, progress)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_stop_log")
public func spane_cluster_stop_log(_ cluster: OpaquePointer?) -> spane_status {
    unsafe withLog(of: cluster) { log, handle in
        defer { if handle.cluster.observer == nil { handle.log = nil } }
        try log.stop(&handle.cluster)
    }
}

@implementation @_cdecl("spane_cluster_sync_log")
public func spane_cluster_sync_log(_ cluster: OpaquePointer?) -> spane_status {
    unsafe withLog(of: cluster) { log, _ in try log.sync() }
}

@implementation @_cdecl("spane_cluster_set_log_time")
public func spane_cluster_set_log_time(_ cluster: OpaquePointer?, _ seconds: Double) -> spane_status {
    unsafe withLog(of: cluster) { log, _ in try log.setTime(seconds) }
}

@implementation @_cdecl("spane_cluster_describe_log")
public func spane_cluster_describe_log(
    _ cluster: OpaquePointer?,
    _ info: UnsafeMutablePointer<spane_log_info>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let info = try unsafe required(info, "info")
        return try handle.gate.shared {
            let status = try handle.existingLog.status
            var value = spane_log_info()
            value.is_ended = status.failure == nil ? 0 : 1
            value.events = Int64(status.events)
            value.bytes = Int64(status.bytes)
            value.cut = Int64(status.cut)
            try unsafe write(value, to: info, "info")
            return SPANE_OK
        }
    }
}

private func withLog(
    of cluster: OpaquePointer?,
    _ body: (ClusterLog, ClusterHandle) throws -> Void
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.exclusive {
            try body(handle.existingLog, handle)
            return SPANE_OK
        }
    }
}

extension ClusterHandle {
    fileprivate var existingLog: ClusterLog {
        get throws {
            if let log { return log }
            throw Failure(SPANE_BAD_STATE, "the cluster has no log; start one first")
        }
    }
}
