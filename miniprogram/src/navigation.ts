// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** Going from page to page, and saying something in a dialog. */

/** Opens a page; parameters that are null are left out. */
export function go(page: string, parameters: Record<string, string | number | null> = {}) {
  uni.navigateTo({ url: url(page, parameters) })
}

/** Opens a page in place of this one. */
export function replace(page: string, parameters: Record<string, string | number> = {}) {
  uni.redirectTo({ url: url(page, parameters) })
}

function url(page: string, parameters: Record<string, string | number | null>) {
  const query = Object.entries(parameters)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join('&')
  return `/pages/${page}/${page}${query && `?${query}`}`
}

/** The session that the code on a poster names, or null: its scene is s=<id>. */
export function sessionOf(scene = ''): number | null {
  const found = /^s(?:=|%3D)(\d+)$/i.exec(scene)
  return found && Number(found[1])
}

/** Goes to the page before, or home when there is none (after a reload). */
export function back() {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else home()
}

export function home() {
  uni.reLaunch({ url: '/pages/home/home' })
}

/** Says something that is to be read and closed. */
export function tell(content: string, title = '提示'): Promise<void> {
  return new Promise((resolve) => {
    uni.showModal({
      title, content, showCancel: false, confirmText: '知道了', confirmColor: '#1b5293',
      complete: () => resolve(),
    })
  })
}

/** Asks whether to go on. */
export function confirm(title: string, content: string, confirmText = '确定'): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title, content, confirmText, cancelText: '返回', confirmColor: '#1b5293',
      success: ({ confirm }) => resolve(confirm),
      fail: () => resolve(false),
    })
  })
}

/** Says briefly that something is done. */
export function done(title: string) {
  uni.showToast({ title, icon: 'none' })
}
