package import SpaneSystem

extension Memory {
    /// As ``check(bytes:for:root:)``, with an error of this module.
    package static func require(bytes: Int, for purpose: @autoclosure () -> String) throws(SchedulingError) {
        do {
            try check(bytes: bytes, for: purpose())
        } catch {
            throw SchedulingError(error)
        }
    }
}
