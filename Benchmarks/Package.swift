// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "libspane", path: "..")],
    targets: [
        // Compiled for the machine at hand: the peer gets every instruction that the compiler knows how to use.
        .target(name: "CxxPeer", cxxSettings: [.unsafeFlags(["-O3", "-march=native"])]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                "CxxPeer",
                .product(name: "SpaneScheduling", package: "libspane"),
                .product(name: "SpaneWorkloads", package: "libspane"),
                .product(name: "SpaneNetworks", package: "libspane"),
                .product(name: "SpaneStorage", package: "libspane"),
                .product(name: "SpaneEvaluation", package: "libspane"),
                .product(name: "SpaneTraining", package: "libspane"),
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
