// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** How often the server is asked after the cashier said "paid", and how long apart (ms). */
const POLLS = 6
const PAUSE = 1500

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/**
 * Asks until the answer is settled, and returns the last answer.
 *
 * @param pause ms between two questions
 */
export async function poll<T>(
  ask: () => Promise<T>, settled: (answer: T) => boolean, polls = POLLS, pause = PAUSE,
): Promise<T> {
  for (let left = polls; ; left--) {
    const answer = await ask()
    if (settled(answer) || left <= 1) return answer
    await wait(pause)
  }
}
