// The shared library is made of SpaneC alone; this target exists to carry its link flags, which would break the linking
// of tests on any target that tests use.
@_exported import SpaneC
