// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
const KEY = 'token'

interface Saved {
  token: string
  expires: string
}

/** Returns the token of the login, '' when there is none or it has expired. */
export function token(): string {
  const saved = uni.getStorageSync(KEY) as Saved | ''
  return saved && Date.parse(saved.expires) > Date.now() ? saved.token : ''
}

/** Keeps the token of a login.
 *
 * @param expires moment with offset, as the server gives it
 */
export function saveToken(token: string, expires: string) {
  uni.setStorageSync(KEY, { token, expires } satisfies Saved)
}

export function clearToken() {
  uni.removeStorageSync(KEY)
}
