/// A dual feasible function u of Fekete and Schepers (Mathematical Programming 91, 2001) on [0, 1]: sizes that fit into a bin
/// together have images that fit into it too, so that the images of all items bound the number of bins from below.
///
/// Every function here grows with its argument and is superadditive, so that items which fit into a part c of a bin have
/// images of at most u(c) together. That is what makes bins of different sizes no difficulty.
///
/// All is in whole numbers: a size of s out of a capacity C is the fraction s / C, and an image is a multiple of 1 / (C · k).
/// Rounding would make a bound that some policy beats.
struct DualFeasibleFunction: Equatable {
    /// k of u⁽ᵏ⁾, which rounds down to multiples of 1 / k what is no multiple of 1 / (k + 1); 0 for none.
    let steps: Int64
    /// ε of U⁽ᵉ⁾ in twentieths, which takes sizes above 1 - ε for 1 and those below ε for 0; 0 for none. It comes first.
    let twentieths: Int64

    /// The image of a size, in the ``unit`` of the capacity.
    func image(of size: Int64, in capacity: Int64) -> Int64 {
        var size = size
        if twentieths > 0 {
            if 20 * size > (20 - twentieths) * capacity {
                size = capacity
            } else if 20 * size < twentieths * capacity {
                return 0
            }
        }
        guard steps > 0 else { return size }
        let (quotient, rest) = ((steps + 1) * size).quotientAndRemainder(dividingBy: capacity)
        return rest == 0 ? steps * size : quotient * capacity
    }

    /// The identity, which pools what all nodes have.
    static let identity = DualFeasibleFunction(steps: 0, twentieths: 0)

    /// The identity, u⁽ᵏ⁾ for k = 1 ... 12, U⁽ᵉ⁾ for ε = 1/20 ... 10/20, and u⁽ᵏ⁾ of U⁽ᵉ⁾.
    static let family = (0...12).flatMap { steps in
        (0...10).map { DualFeasibleFunction(steps: steps, twentieths: $0) }
    }
}
