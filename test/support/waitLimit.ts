/**
 * The longest wait of a test for something that only a busy machine makes late, in ms. It is below the time
 * limit of a test in `.mocharc.yaml`, so that the failure names what did not come.
 */
export const waitLimit = 120_000;
