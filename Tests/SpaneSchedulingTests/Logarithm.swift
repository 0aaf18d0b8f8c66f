import Glibc

/// The natural logarithm, so that one file alone imports the C library.
func logarithm(_ value: Double) -> Double { log(value) }
