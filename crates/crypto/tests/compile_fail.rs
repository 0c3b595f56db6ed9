//! Secrets cannot be copied, printed, compared or serialised, nor slots be made: such code does not compile.

#[test]
fn misuse_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
