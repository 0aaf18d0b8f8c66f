internal import CSpaneKernels
internal import SpaneBuffers

/// Where the items of each sample stand among the columns of a matrix, when samples may have different numbers of them.
///
/// Columns go item by item, and sample by sample within an item, so that a vector holds the same item of several
/// samples. Samples with many items should come first: then no columns are wasted.
@safe
final class RaggedLayout {
    let offsets: FlatBuffer<Int>
    let extents: FlatBuffer<Int>
    /// The number of items of each sample.
    let counts: FlatBuffer<Int32>
    /// The samples, padded.
    private(set) var samples = 0
    /// The most items of any sample.
    private(set) var itemCount = 0
    /// The columns of all items.
    private(set) var columns = 0

    static let lanes = Int(TRAINING_LANES)

    init(items: Int, samples: Int) {
        offsets = FlatBuffer(repeating: 0, count: items)
        extents = FlatBuffer(repeating: 0, count: items)
        counts = FlatBuffer(repeating: 0, count: samples)
    }

    /// The next multiple of the vector width.
    static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// From one row to the next in a matrix of so many columns: an odd number of cache lines, so that the rows of a
    /// column do not all compete for the same few lines of the cache.
    static func rowStride(_ columns: Int) -> Int { ((columns + 31) & ~31) | 16 }

    /// Lays out the items of the first `samples` samples, whose numbers are in ``counts``.
    func arrange(samples: Int) {
        self.samples = Self.padded(samples)
        for sample in samples..<self.samples { counts[sample] = 0 }
        itemCount = 0
        for sample in stride(from: samples - 1, through: 0, by: -1) {
            while itemCount < Int(counts[sample]) {
                extents[itemCount] = Self.padded(sample + 1)
                itemCount += 1
            }
        }
        columns = 0
        for item in 0..<itemCount {
            offsets[item] = columns
            columns += extents[item]
        }
    }

    /// The layout as the kernels see it.
    @unsafe
    var kernel: training_items {
        unsafe training_items(
            offsets: offsets.base,
            extents: extents.base,
            count: itemCount,
            counts: counts.base,
            samples: samples
        )
    }
}
