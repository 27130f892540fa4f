/** With `SYGRA_TEST_LONG=1` tests take their whole numbers: docs/testing.md lists them. */
export const isLong = process.env.SYGRA_TEST_LONG === '1'
