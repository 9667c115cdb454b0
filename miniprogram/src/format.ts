// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/** How values of the wire are shown. Moments carry China's offset and are shown as they stand. */

/** Returns an amount in fen as yuan: 120000 → '¥1,200.00'. */
export function yuan(fen: number): string {
  const [whole, cents] = (fen / 100).toFixed(2).split('.')
  return `¥${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`
}

/** Returns an ISO date or moment as a day: '2026-11-03…' → '2026年11月3日'. */
export function day(iso: string): string {
  const [year, month, date] = iso.slice(0, 10).split('-').map(Number)
  return `${year}年${month}月${date}日`
}

/** Returns an ISO moment to the minute: '2026-11-03T08:05:00+08:00' → '2026年11月3日 08:05'. */
export function moment(iso: string): string {
  return `${day(iso)} ${iso.slice(11, 16)}`
}

/** Returns a range of moments of about a year: '11月3日 08:05 至 12月3日 18:00'. */
export function span(from: string, to: string): string {
  return `${moment(from).slice(5)} 至 ${moment(to).slice(5)}`
}

/** Returns a range of days, one day once: '2026年11月3日 至 11月5日'. */
export function days(from: string | null, to: string | null): string {
  if (!from || !to || from === to) return from || to ? day((from ?? to)!) : ''
  const end = day(to)
  return `${day(from)} 至 ${from.slice(0, 4) === to.slice(0, 4) ? end.slice(5) : end}`
}

/** Returns how much is left until a moment: '1天3小时', '25分钟'; '' when it is past. */
export function left(iso: string, now = Date.now()): string {
  const minutes = Math.floor((Date.parse(iso) - now) / 60_000)
  if (minutes < 0) return ''
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  if (days) return hours ? `${days}天${hours}小时` : `${days}天`
  return hours ? `${hours}小时${minutes % 60}分钟` : `${minutes % 60}分钟`
}
