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
        .target(name: "CSpaneHost"),
        .target(name: "SpaneHost", dependencies: ["CSpaneHost"], swiftSettings: strict),
        .target(name: "SpaneBuffers", swiftSettings: strict),
        .target(
            name: "SpaneScheduling",
            dependencies: ["SpaneBuffers", "SpaneHost"],
            swiftSettings: strict
        ),
        .target(name: "SpaneWorkloads", dependencies: ["SpaneScheduling", "SpaneHost"], swiftSettings: strict),
        .target(
            name: "SpaneNetworks",
            dependencies: ["SpaneBuffers", "SpaneHost", "SpaneScheduling", "CSpaneKernels"],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneStorage",
            dependencies: ["SpaneBuffers", "SpaneHost", "SpaneScheduling", "SpaneNetworks", "CHDF5"],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneEvaluation",
            dependencies: ["SpaneHost", "SpaneScheduling", "SpaneNetworks"],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneTraining",
            dependencies: [
                "SpaneBuffers", "SpaneHost", "SpaneScheduling", "CSpaneKernels", "SpaneNetworks", "SpaneEvaluation",
            ],
            swiftSettings: strict
        ),
        .target(name: "CSpaneTOML"),
        .target(
            name: "SpaneSettings",
            dependencies: ["CSpaneTOML", "SpaneHost", "SpaneScheduling", "SpaneStorage"],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneRuns",
            dependencies: [
                "SpaneHost", "SpaneScheduling", "SpaneWorkloads", "SpaneNetworks", "SpaneStorage", "SpaneEvaluation",
                "SpaneTraining", "SpaneSettings",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneExperiments",
            dependencies: ["SpaneScheduling", "SpaneNetworks", "SpaneStorage", "SpaneEvaluation"],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CSpaneHeader", path: "include"),
        .target(name: "CSpaneMessage"),
        .target(
            name: "SpaneCAPI",
            dependencies: [
                "CSpaneHeader", "CSpaneMessage", "SpaneBuffers", "SpaneHost", "SpaneScheduling", "SpaneNetworks",
                "SpaneStorage",
                "SpaneSettings",
                "SpaneEvaluation",
                "SpaneWorkloads",
            ],
            swiftSettings: strict
        ),
        .target(name: "CSpaneExit"),
        .executableTarget(
            name: "spane-cli",
            dependencies: [
                "CSpaneHeader", "CSpaneExit", "SpaneHost", "SpaneScheduling", "SpaneWorkloads", "SpaneNetworks",
                "SpaneStorage",
                "SpaneSettings", "SpaneEvaluation", "SpaneTraining", "SpaneRuns", "SpaneExperiments",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneTestSupport",
            dependencies: ["SpaneScheduling", "SpaneNetworks"],
            path: "Tests/SpaneTestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneHostTests",
            dependencies: ["SpaneHost", "SpaneTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneWorkloadsTests",
            dependencies: ["SpaneWorkloads", "SpaneScheduling"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneSchedulingTests",
            dependencies: ["SpaneScheduling", "SpaneTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneNetworksTests",
            dependencies: ["SpaneNetworks", "SpaneScheduling", "SpaneTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneGoldenTests",
            dependencies: ["SpaneScheduling", "SpaneNetworks", "SpaneStorage", "SpaneTraining", "SpaneTestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneTrainingTests",
            dependencies: [
                "SpaneTraining", "SpaneScheduling", "SpaneNetworks", "SpaneEvaluation", "SpaneTestSupport",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SpaneHostileFiles",
            dependencies: ["CHDF5"],
            path: "Tests/SpaneHostileFiles"
        ),
        .target(
            name: "SpaneFileTestSupport",
            dependencies: ["SpaneStorage", "SpaneHostileFiles", "CHDF5"],
            path: "Tests/SpaneFileTestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneStorageTests",
            dependencies: [
                "SpaneStorage", "SpaneScheduling", "SpaneNetworks", "SpaneTestSupport", "SpaneFileTestSupport", "CHDF5",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneEvaluationTests",
            dependencies: [
                "SpaneEvaluation", "SpaneTraining", "SpaneScheduling", "SpaneNetworks", "SpaneTestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneExperimentsTests",
            dependencies: [
                "SpaneExperiments", "SpaneEvaluation", "SpaneStorage", "SpaneScheduling", "SpaneTestSupport",
                "SpaneFileTestSupport",
            ],
            swiftSettings: strict
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
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpaneCommandTests",
            dependencies: [
                "spane-cli", "SpaneStorage", "SpaneScheduling", "SpaneNetworks", "SpaneEvaluation", "SpaneTestSupport",
                "SpaneFileTestSupport",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
