// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
/**
 * Runs the compiled mini-program in Node: as much of WeChat as its pages need.
 *
 * uni copies the own functions of `wx` when it starts, so each one must be defined here.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const BUILD = fileURLToPath(new URL('../../dist/build/mp-weixin/', import.meta.url))

type Data = Record<string, unknown>
type Callback = (result: Data) => void
interface Asked extends Data {
  success?: Callback
  fail?: Callback
  complete?: Callback
}
interface Options {
  data?: Data
  properties?: Record<string, { value?: unknown, type?: unknown }>
  methods: Record<string, (this: Page, ...values: unknown[]) => unknown>
  lifetimes: Record<string, (this: Page) => void>
}

interface App {
  onLaunch(options: Data): void
}

/** A page as WeChat would have it, without its child components. */
export interface Page extends Data {
  data: Data
  setData(changes: Data, done?: () => void): void
}

/** Answers a call of `wx`: what `success` gets, or an Error for `fail`. */
type Answer = (asked: Asked) => Data | Error | Promise<Data>

export interface Host {
  /** The calls of `wx`, by name. */
  calls: Record<string, Asked[]>
  /** Opens a page and waits until it has loaded. */
  open(path: string, query?: Record<string, string>): Promise<Page>
  /** Taps the element with a data-testid; the event is that of its `bind…` attribute. */
  press(page: Page, path: string, testId: string): Promise<void>
}

const SYSTEM = {
  SDKVersion: '3.8.0', language: 'zh_CN', platform: 'ios', pixelRatio: 3, windowWidth: 390,
  windowHeight: 844, system: 'iOS 18', model: 'iPhone', brand: 'apple', version: '8.0.60',
  safeArea: { top: 47, bottom: 810, left: 0, right: 390, width: 390, height: 763 }, screenHeight: 844,
  screenWidth: 390, statusBarHeight: 47, fontSizeSetting: 16, deviceOrientation: 'portrait',
}

/** Lets everything that waits for an answer go on. */
export async function settled() {
  for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
}

export function startHost(answers: Record<string, Answer>): Host {
  const calls: Host['calls'] = {}
  const storage = new Map<string, unknown>()
  const stack: Page[] = []
  let app: App | undefined
  let registered: Options | undefined

  const asking = (name: string) => (asked: Asked = {}) => {
    (calls[name] ??= []).push(asked)
    Promise.resolve(answers[name]?.(asked) ?? {}).then((result) => {
      if (result instanceof Error) asked.fail?.({ errMsg: result.message })
      else asked.success?.(result)
      asked.complete?.({})
    })
    return { onProgressUpdate() {}, abort() {} }
  }
  const asked = [
    'login', 'request', 'requestPayment', 'requestSubscribeMessage', 'showModal', 'showToast',
    'showActionSheet', 'navigateTo', 'redirectTo', 'navigateBack', 'reLaunch', 'uploadFile',
    'downloadFile', 'openDocument', 'chooseMedia', 'chooseImage', 'chooseMessageFile',
    'stopPullDownRefresh', 'setNavigationBarTitle', 'pageScrollTo', 'getImageInfo', 'previewImage',
  ]
  const wx = {
    ...Object.fromEntries(asked.map(name => [name, asking(name)])),
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => { storage.set(key, value) },
    removeStorageSync: (key: string) => { storage.delete(key) },
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    getSystemInfoSync: () => SYSTEM,
    getAppBaseInfo: () => ({ ...SYSTEM, fontSizeScaleFactor: 1.2 }),
    getDeviceInfo: () => SYSTEM,
    getWindowInfo: () => SYSTEM,
    getSystemSetting: () => SYSTEM,
    getAppAuthorizeSetting: () => ({}),
    getLaunchOptionsSync: () => ({ path: '', query: {} }),
    getEnterOptionsSync: () => ({ path: '', query: {} }),
    canIUse: () => true,
    onAppShow() {}, onAppHide() {}, onError() {}, onUnhandledRejection() {},
    createSelectorQuery: () => ({ in() {}, select() {}, exec() {} }),
  }
  Object.assign(globalThis, {
    wx,
    App: (options: App) => { app = options },
    getApp: () => app,
    getCurrentPages: () => stack,
    Page: (options: Options) => { registered = options },
    Component: (options: Options) => { registered = options },
    Behavior: (options: object) => options,
  })

  const modules = new Map<string, { exports: unknown }>()

  /** Runs a module of the build once, as WeChat does: as the body of a function. */
  function run(file: string): unknown {
    const known = modules.get(file)
    if (known) return known.exports
    const module = { exports: {} }
    modules.set(file, module)
    const require = (name: string) => run(resolve(dirname(file), name))
    new Function('require', 'module', 'exports', readFileSync(file, 'utf-8'))(
      require, module, module.exports)
    return module.exports
  }
  run(resolve(BUILD, 'app.js'))
  app!.onLaunch({ path: '', query: {} })

  async function open(path: string, query: Record<string, string> = {}) {
    registered = undefined
    const file = resolve(BUILD, `${path}.js`)
    modules.delete(file)
    run(file)
    const { data = {}, methods, lifetimes, properties = {} } = registered! as Options
    const page: Page = {
      is: path, route: path, options: query, __wxExparserNodeId__: String(stack.length),
      data: { ...data },
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, { value }]) => [name, value])),
      setData(changes, done) {
        Object.assign(page.data, changes)
        done?.()
      },
      triggerEvent() {}, selectComponent: () => null, selectAllComponents: () => [],
    }
    for (const [name, method] of Object.entries(methods)) page[name] = method.bind(page)
    stack.push(page)
    lifetimes.created?.call(page)
    lifetimes.attached?.call(page)
    call(page, 'onLoad', query)
    lifetimes.ready?.call(page)
    call(page, 'onShow')
    call(page, 'onReady')
    await settled()
    return page
  }

  function call(page: Page, name: string, ...values: unknown[]) {
    const method = page[name] as ((...values: unknown[]) => unknown) | undefined
    return method?.(...values)
  }

  async function press(page: Page, path: string, testId: string) {
    const markup = readFileSync(`${BUILD}${path}.wxml`, 'utf-8')
    const [, event, variable] = new RegExp(
      `data-testid="${testId}"[^>]* bind(\\w+)="{{(\\w+)}}"`).exec(markup)!
    call(page, page.data[variable] as string, {
      type: event, detail: { __args__: [] }, target: { dataset: {} }, currentTarget: { dataset: {} } })
    await settled()
  }

  return { calls, open, press }
}
