/** A call of a batch was not done in the time that the batch had. */
export class BatchLate extends Error {}

/** Stops all that waits: the run is given up, and what is at the provider stays there. */
export const leftAtProvider = 'the run was stopped while its batches are at the provider'
