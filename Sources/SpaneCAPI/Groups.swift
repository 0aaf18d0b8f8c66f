// include/spane.h says what these functions do.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

public import CSpaneHeader
internal import SpaneScheduling

// Fault domains, and groups of VMs with rules for where they run.

@implementation @_cdecl("spane_cluster_set_levels")
public func spane_cluster_set_levels(
    _ cluster: OpaquePointer?,
    _ levels: UnsafePointer<UnsafePointer<CChar>?>?,
    _ count: Int
) -> spane_status {
    unsafe change(cluster) { cluster in
        let count = try checkedCount(count, atMost: Int(SPANE_MAX_LEVELS), "count")
        try cluster.setLevels(unsafe names(levels, UInt32(count), "levels", counted: "count"))
    }
}

@implementation @_cdecl("spane_cluster_level")
public func spane_cluster_level(
    _ cluster: OpaquePointer?,
    _ level: Int32,
    _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let name = try unsafe required(name, "name")
        return try handle.gate.shared {
            guard let found = unsafe handle.levelName(Int(level)) else {
                throw Failure(
                    SPANE_NOT_FOUND,
                    "level is \(level); the cluster has \(handle.cluster.levels.count) levels"
                )
            }
            unsafe name.pointee = found
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_set_domain")
public func spane_cluster_set_domain(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ level: Int32,
    _ domain: Int32
) -> spane_status {
    unsafe change(cluster) { cluster in try cluster.setDomain(Int(domain), of: Int(server), level: Int(level)) }
}

@implementation @_cdecl("spane_cluster_domain")
public func spane_cluster_domain(
    _ cluster: OpaquePointer?,
    _ server: Int32,
    _ level: Int32,
    _ domain: UnsafeMutablePointer<Int32>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let domain = try unsafe required(domain, "domain")
        return try handle.gate.shared {
            let found = try handle.cluster.domain(of: Int(server), level: Int(level))
            unsafe domain.pointee = Int32(found)
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_set_group")
public func spane_cluster_set_group(
    _ cluster: OpaquePointer?,
    _ group: UInt64,
    _ rules: UnsafePointer<spane_group_rule>?,
    _ count: Int
) -> spane_status {
    unsafe change(cluster) { cluster in
        let count = try checkedCount(count, atMost: GroupRule.most, "count")
        var list: [GroupRule] = []
        for index in 0..<count {
            let element = try unsafe elementOfArray(index, of: required(rules, "rules"), "rules")
            let rule = try unsafe read(element, defaults: .defaults, "rules")
            list.append(try GroupRule(rule, as: "rules[\(index)]"))
        }
        try cluster.setRules(list, ofGroup: group)
    }
}

@implementation @_cdecl("spane_cluster_group")
public func spane_cluster_group(
    _ cluster: OpaquePointer?,
    _ group: UInt64,
    _ rules: UnsafeMutablePointer<spane_group_rule>?,
    _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>?,
    _ vms: UnsafeMutablePointer<Int64>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        let count = try unsafe required(count, "count")
        return try handle.gate.shared {
            let found = handle.cluster.rules(ofGroup: group)
            try unsafe check(room: rules, capacity, for: found.count, count, "rules")
            if let rules = unsafe rules, !found.isEmpty {
                // All have the size of the first, which may be that of another version.
                let size = try unsafe structSize(UnsafePointer(rules), "rules")
                for (index, rule) in found.enumerated() {
                    let element = unsafe UnsafeMutableRawPointer(rules) + index * size
                    unsafe element.storeBytes(of: UInt32(size), as: UInt32.self)
                    try unsafe write(
                        spane_group_rule(rule),
                        to: element.assumingMemoryBound(to: spane_group_rule.self),
                        "rules"
                    )
                }
            }
            if let vms = unsafe vms { unsafe vms.pointee = Int64(handle.cluster.vmCount(ofGroup: group)) }
            return SPANE_OK
        }
    }
}

@implementation @_cdecl("spane_cluster_group_violations")
public func spane_cluster_group_violations(
    _ cluster: OpaquePointer?,
    _ request: UnsafePointer<spane_request>?,
    _ servers: UnsafePointer<Int32>?,
    _ count: Int,
    _ violations: UnsafeMutablePointer<Int64>?
) -> spane_status {
    call {
        let handle = try unsafe ClusterHandle.of(cluster)
        return try handle.gate.shared {
            let (request, group) = try unsafe handle.cluster.state.groupedRequest(request)
            let count = try unsafe handle.checkedServers(servers, count)
            guard count > 0 else { return SPANE_OK }
            let violations = try unsafe required(violations, "violations")
            for index in 0..<count { _ = try unsafe handle.place(index, of: servers) }
            let verdict = handle.cluster.verdict(ofGroup: group, for: request)
            for index in 0..<count {
                let place = try unsafe handle.place(index, of: servers)
                unsafe violations[index] =
                    verdict.map { verdict in
                        verdict.broken(at: place, on: handle.cluster.state).map { Int64($0) } ?? -1
                    } ?? 0
            }
            return SPANE_OK
        }
    }
}

extension spane_group_rule {
    static var defaults: spane_group_rule {
        spane_group_rule(
            struct_size: UInt32(MemoryLayout<spane_group_rule>.size),
            kind: SPANE_GROUP_AT_MOST,
            level: SPANE_LEVEL_SERVER,
            count: 1,
            hard: 1,
            reserved: 0
        )
    }

    init(_ rule: GroupRule) {
        self = .defaults
        kind = Int32(rule.kind.rawValue)
        level = Int32(rule.level)
        count = Int32(rule.count)
        hard = rule.isHard ? 1 : 0
    }
}

extension GroupRule {
    /// The rule that C names; the cluster looks at its level and its count.
    fileprivate init(_ rule: spane_group_rule, as name: String) throws {
        guard let kind = Kind(rawValue: Int(rule.kind)) else {
            throw Failure(
                SPANE_INVALID_ARGUMENT,
                "\(name).kind is \(rule.kind); it must be SPANE_GROUP_AT_MOST, SPANE_GROUP_TOGETHER or SPANE_GROUP_SPREAD"
            )
        }
        guard rule.hard == 0 || rule.hard == 1 else {
            throw Failure(SPANE_INVALID_ARGUMENT, "\(name).hard is \(rule.hard); it must be 0 or 1")
        }
        let count = kind == .together ? 1 : Int(rule.count)
        self.init(kind, level: Int(rule.level), count: count, isHard: rule.hard == 1)
    }
}
