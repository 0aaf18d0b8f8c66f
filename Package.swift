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
    name: "libspane",
    products: [
        .library(name: "SpaneScheduling", targets: ["SpaneScheduling"]),
        .library(name: "SpaneWorkloads", targets: ["SpaneWorkloads"]),
        .library(name: "SpaneNetworks", targets: ["SpaneNetworks"]),
        .library(name: "SpaneStorage", targets: ["SpaneStorage"]),
        .library(name: "SpaneEvaluation", targets: ["SpaneEvaluation"]),
        .library(name: "SpaneTraining", targets: ["SpaneTraining"]),
        .library(name: "SpaneExperiments", targets: ["SpaneExperiments"]),
        // What scripts/build-library.sh makes libspane.so and libspane.a of.
        .library(name: "SpaneCAPI", type: .static, targets: ["SpaneCAPI"]),
        // Installed as `spane`.
        .executable(name: "spane-cli", targets: ["spane-cli"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .target(name: "CSpaneKernels"),
        .target(name: "CSpaneHash"),
        .target(name: "CSpaneSystem"),
        .target(name: "SpaneSystem", dependencies: ["CSpaneSystem"]),
        .target(name: "SpaneBuffers"),
        .target(
            name: "SpaneScheduling",
            dependencies: ["SpaneBuffers", "SpaneSystem"]
        ),
        .target(name: "SpaneWorkloads", dependencies: ["SpaneScheduling", "SpaneSystem"]),
        .target(
            name: "SpaneNetworks",
            dependencies: ["SpaneBuffers", "SpaneSystem", "SpaneScheduling", "CSpaneKernels"]
        ),
        .target(
            name: "SpaneStorage",
            dependencies: ["SpaneBuffers", "SpaneSystem", "SpaneScheduling", "SpaneNetworks", "CHDF5", "CSpaneHash"]
        ),
        .target(
            name: "SpaneEvaluation",
            dependencies: ["SpaneSystem", "SpaneScheduling", "SpaneNetworks"]
        ),
        .target(
            name: "SpaneTraining",
            dependencies: [
                "SpaneBuffers", "SpaneSystem", "SpaneScheduling", "CSpaneKernels", "SpaneNetworks", "SpaneEvaluation",
            ]
        ),
        .target(name: "CSpaneTOML"),
        .target(
            name: "SpaneSettings",
            dependencies: ["CSpaneTOML", "SpaneSystem", "SpaneScheduling", "SpaneStorage"]
        ),
        .target(
            name: "SpaneRuns",
            dependencies: [
                "SpaneSystem", "SpaneScheduling", "SpaneWorkloads", "SpaneNetworks", "SpaneStorage", "SpaneEvaluation",
                "SpaneTraining", "SpaneSettings",
            ]
        ),
        .target(
            name: "SpaneExperiments",
            dependencies: ["SpaneScheduling", "SpaneWorkloads", "SpaneNetworks", "SpaneStorage", "SpaneEvaluation"]
        ),
        .systemLibrary(name: "CSpaneHeader", path: "include"),
        .target(name: "CSpaneMessage"),
        .target(
            name: "SpaneCAPI",
            dependencies: [
                "CSpaneHeader", "CSpaneKernels", "CSpaneMessage", "SpaneBuffers", "SpaneSystem", "SpaneScheduling",
                "SpaneNetworks",
                "SpaneStorage",
                "SpaneSettings",
                "SpaneEvaluation",
                "SpaneWorkloads",
            ]
        ),
        .target(name: "CSpaneExit"),
        .executableTarget(
            name: "spane-cli",
            dependencies: [
                "CSpaneHeader", "CSpaneExit", "SpaneSystem", "SpaneScheduling", "SpaneWorkloads", "SpaneNetworks",
                "SpaneStorage",
                "SpaneSettings", "SpaneEvaluation", "SpaneTraining", "SpaneRuns", "SpaneExperiments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // The example of README.md; no product.
        .executableTarget(
            name: "SwiftExample",
            dependencies: ["SpaneScheduling", "SpaneStorage", "SpaneNetworks"],
            path: "examples/swift"
        ),
        .target(
            name: "SpaneTestSupport",
            dependencies: ["SpaneScheduling", "SpaneNetworks"],
            path: "Tests/SpaneTestSupport"
        ),
        .testTarget(
            name: "SpaneSystemTests",
            dependencies: ["SpaneSystem", "SpaneTestSupport"]
        ),
        .testTarget(
            name: "SpaneWorkloadsTests",
            dependencies: ["SpaneWorkloads", "SpaneScheduling"]
        ),
        .testTarget(
            name: "SpaneSchedulingTests",
            dependencies: ["SpaneScheduling", "SpaneTestSupport"]
        ),
        .target(
            name: "SpaneKernelVersions",
            dependencies: ["CSpaneKernels"],
            path: "Tests/SpaneKernelVersions"
        ),
        .testTarget(
            name: "SpaneNetworksTests",
            dependencies: ["SpaneNetworks", "SpaneScheduling", "SpaneTestSupport", "SpaneKernelVersions"]
        ),
        .testTarget(
            name: "SpaneGoldenTests",
            dependencies: [
                "SpaneScheduling", "SpaneNetworks", "SpaneStorage", "SpaneEvaluation", "SpaneTraining",
                "SpaneTestSupport",
            ]
        ),
        .testTarget(
            name: "SpaneTrainingTests",
            dependencies: [
                "SpaneTraining", "SpaneScheduling", "SpaneNetworks", "SpaneEvaluation", "SpaneTestSupport",
            ]
        ),
        .target(
            name: "SpaneHostileFiles",
            dependencies: ["CHDF5"],
            path: "Tests/SpaneHostileFiles"
        ),
        .target(
            name: "SpaneFileTestSupport",
            dependencies: ["SpaneStorage", "SpaneHostileFiles", "CHDF5"],
            path: "Tests/SpaneFileTestSupport"
        ),
        .testTarget(
            name: "SpaneStorageTests",
            dependencies: [
                "SpaneStorage", "SpaneScheduling", "SpaneNetworks", "SpaneTestSupport", "SpaneFileTestSupport", "CHDF5",
                "CSpaneHash",
            ]
        ),
        .testTarget(
            name: "SpaneEvaluationTests",
            dependencies: [
                "SpaneEvaluation", "SpaneTraining", "SpaneScheduling", "SpaneNetworks", "SpaneTestSupport",
            ]
        ),
        .testTarget(
            name: "SpaneExperimentsTests",
            dependencies: [
                "SpaneExperiments", "SpaneEvaluation", "SpaneStorage", "SpaneScheduling", "SpaneTestSupport",
                "SpaneFileTestSupport",
            ]
        ),
        .target(
            name: "SpaneCAPITestSupport",
            path: "Tests/SpaneCAPITestSupport",
            cSettings: [.headerSearchPath("../../include")]
        ),
        .testTarget(
            name: "SpaneCAPITests",
            dependencies: [
                "CSpaneHeader", "SpaneCAPI", "SpaneCAPITestSupport", "SpaneScheduling", "SpaneWorkloads",
                "SpaneNetworks",
                "SpaneStorage", "SpaneEvaluation", "SpaneTestSupport",
            ],
            // Every line of these tests hands pointers to C, so that memory safety has nothing to say there.
            swiftSettings: Array(strict.dropFirst())
        ),
        .testTarget(
            name: "SpaneRunsTests",
            dependencies: [
                "SpaneRuns", "SpaneSettings", "SpaneTraining", "SpaneEvaluation", "SpaneStorage", "SpaneScheduling",
                "SpaneNetworks",
                "SpaneTestSupport", "SpaneFileTestSupport",
            ]
        ),
        .testTarget(
            name: "SpaneCommandTests",
            dependencies: [
                "CSpaneHeader", "spane-cli", "SwiftExample", "SpaneStorage", "SpaneScheduling", "SpaneNetworks",
                "SpaneEvaluation", "SpaneExperiments", "SpaneWorkloads",
                "SpaneTestSupport", "SpaneFileTestSupport",
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// Swift targets; one that has settings of its own says why.
for target in package.targets where !target.name.hasPrefix("C") && target.swiftSettings == nil {
    target.swiftSettings = strict
}

// These tests mostly call C, start processes and read files, so that their code takes longer to optimise than to run.
for target in package.targets
where ["SpaneCAPITests", "SpaneCommandTests", "SpaneExperimentsTests", "SpaneRunsTests", "SpaneStorageTests"].contains(
    target.name
) {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-Onone"])]
}
