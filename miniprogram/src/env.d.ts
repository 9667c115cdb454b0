/// <reference types="vite/client" />
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent<object, object, unknown>
  export default component
}

/** The configuration with which the mini-program was built. */
declare const WEIXIN_CONFIG: import('./platform/config').Config
