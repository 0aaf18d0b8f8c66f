extension SyntheticWorkload {
    /// The default demand, in three phases.
    ///
    /// A row gives cores, GB, VMs a day in each phase, and the median and spread of the lifetime; a campaign also its mean
    /// size and mean batch.
    public static let defaultKinds: [JobKind] = [
        routine(1, 1, [5, 5, 69], 28, 0.1),
        routine(1, 1, [125, 290, 300], 68, 0.07),
        routine(1, 1, [120, 240, 230], 208, 0.12),
        campaign(1, 1, [100, 290, 180], 500, 0.4, 15, 1.5),
        campaign(1, 1, [110, 310, 240], 3400, 0.5, 40, 2),
        campaign(1, 1, [62, 48, 40], 200_000, 1.15, 4, 1.6),
        routine(1, 2, [1, 1, 1], 12, 0.6),
        routine(1, 2, [13, 4, 73], 28, 0.1),
        routine(1, 2, [45, 23, 30], 59, 0.12),
        routine(1, 2, [68, 58, 147], 350, 0.4),
        campaign(1, 2, [880, 590, 650], 3800, 0.25, 60, 2.5),
        campaign(1, 2, [1030, 480, 210], 11_000, 0.4, 60, 2.5),
        campaign(1, 2, [540, 150, 5], 33_000, 0.35, 30, 2.5),
        campaign(1, 2, [42, 11, 4], 480_000, 0.65, 4, 1.6),
        routine(1, 4, [5, 4, 77], 28, 0.1),
        routine(1, 4, [22, 22, 31], 59, 0.06),
        routine(1, 4, [23, 17, 24], 350, 0.45),
        routine(1, 4, [28, 21, 19], 2500, 0.35),
        campaign(1, 4, [0.5, 0.3, 0.6], 200_000, 1, 1, 1),
        routine(2, 4, [8, 8, 150], 29, 0.1),
        routine(2, 4, [42, 42, 61], 59, 0.07),
        campaign(2, 4, [65, 60, 220], 450, 0.6, 15, 1.6),
        campaign(2, 4, [140, 70, 240], 2700, 0.45, 40, 2),
        campaign(2, 4, [180, 10, 75], 10_000, 0.4, 40, 1.6),
        campaign(2, 4, [17, 12, 26], 200_000, 1.1, 3, 1.2),
        routine(2, 8, [1, 0.5, 62], 28, 0.08),
        routine(2, 8, [19, 16, 28], 59, 0.06),
        routine(2, 8, [14, 10, 17], 1400, 0.3),
        campaign(2, 8, [6, 3, 2], 12_000, 0.8, 1, 1),
        campaign(2, 8, [11, 3, 1], 490_000, 0.5, 2, 1.1),
        routine(4, 8, [3, 2, 137], 29, 0.08),
        routine(4, 8, [40, 38, 49], 59, 0.08),
        routine(4, 8, [46, 42, 66], 500, 0.6),
        campaign(4, 8, [75, 90, 170], 3700, 0.45, 30, 2),
        campaign(4, 8, [18, 33, 38], 12_000, 0.5, 12, 1.5),
        campaign(4, 8, [14, 18, 22], 200_000, 1.15, 2.5, 1.3),
        routine(4, 16, [2, 1, 28], 29, 0.1),
        routine(4, 16, [16, 12, 14], 66, 0.2),
        routine(4, 16, [15, 12, 14], 380, 0.37),
        routine(4, 16, [18, 14, 23], 5000, 0.1),
        campaign(4, 16, [1.5, 0.3, 0.2], 600_000, 0.7, 1, 1),
        routine(8, 16, [3, 3, 61], 30, 0.08),
        routine(8, 16, [18, 14, 15], 59, 0.07),
        routine(8, 16, [20, 13, 9], 510, 0.52),
        campaign(8, 16, [7, 7, 5], 8000, 0.8, 6, 1.5),
        campaign(8, 16, [2, 2.8, 1.1], 300_000, 0.8, 2, 1.4),
        routine(8, 32, [1, 1, 30], 30, 0.08),
        routine(8, 32, [6.5, 7, 7], 59, 0.06),
        routine(8, 32, [8, 9, 11], 490, 0.6),
        campaign(8, 32, [3.5, 0.1, 1], 18_000, 0.2, 12, 3),
        campaign(8, 32, [1, 0.3, 0.6], 400_000, 0.6, 1, 1),
        routine(12, 24, [0.1, 0.1, 31], 31, 0.07),
        routine(12, 24, [7, 7, 8], 59, 0.05),
        routine(16, 32, [0.1, 0.1, 27], 31, 0.07),
        routine(16, 32, [7, 8, 6.5], 59, 0.04),
        routine(16, 32, [5.6, 5, 7], 300, 0.65),
        campaign(16, 32, [0.1, 2, 4], 6000, 0.7, 3, 2),
        campaign(16, 32, [0.5, 7.5, 3], 110_000, 0.8, 3, 2),
        campaign(24, 48, [0.2, 0.2, 0.2], 500_000, 0.8, 1, 1),
        campaign(32, 64, [0.1, 8, 0.1], 350, 0.3, 20, 10),
        campaign(32, 64, [1.9, 2.3, 0.7], 40_000, 0.35, 2, 1.5),
        campaign(32, 64, [1.1, 0.7, 0.1], 900_000, 0.2, 2, 1.5),
        campaign(48, 96, [0.15, 0.15, 0.15], 50_000, 1, 1, 1),
        campaign(64, 128, [2.3, 5.5, 1.1], 13_500, 0.2, 4, 1.7),
        campaign(64, 128, [3, 4.2, 7.2], 46_000, 0.25, 4, 1.7),
        campaign(64, 128, [1.2, 1.3, 0.9], 118_000, 0.35, 1.5, 1.2),
    ]

    private static func routine(
        _ cpu: Double,
        _ mem: Double,
        _ perDay: [Double],
        _ median: Double,
        _ spread: Double
    ) -> JobKind {
        JobKind(
            cpu: cpu,
            mem: mem,
            perDay: perDay,
            lifetime: LifetimeDistribution(median: median, spread: spread),
            pattern: .routine
        )
    }

    private static func campaign(
        _ cpu: Double,
        _ mem: Double,
        _ perDay: [Double],
        _ median: Double,
        _ spread: Double,
        _ size: Double,
        _ batch: Double
    ) -> JobKind {
        JobKind(
            cpu: cpu,
            mem: mem,
            perDay: perDay,
            lifetime: LifetimeDistribution(median: median, spread: spread),
            pattern: .campaign(size: size, batch: batch)
        )
    }
}
