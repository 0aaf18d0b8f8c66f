// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Changes that are taken back.

@implementation @_cdecl("spane_cluster_begin_trial")
public func spane_cluster_begin_trial(_ cluster: OpaquePointer?) -> spane_status {
    unsafe change(cluster) { cluster in cluster.beginTrial() }
}

@implementation @_cdecl("spane_cluster_keep_trial")
public func spane_cluster_keep_trial(_ cluster: OpaquePointer?) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.keepTrial() }
}

@implementation @_cdecl("spane_cluster_drop_trial")
public func spane_cluster_drop_trial(_ cluster: OpaquePointer?) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.dropTrial() }
}
