// This file is part of supervision_training.  The LICENSE file at the top level of
// this repository contains the full copyright notices and license terms.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig, type Plugin } from 'vite'

// The uni plugin is CommonJS: under "type": "module" the function is on `default`.
const uni = (uniPlugin as unknown as { default: typeof uniPlugin }).default
const weixin = process.env.UNI_PLATFORM === 'mp-weixin'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const { APPID, SERVER, DATABASE } = process.env
const config = JSON.parse(readFileSync(file('config.json'), 'utf-8'))
config.appid = APPID ?? config.appid
config.server = SERVER ?? config.server
config.database = DATABASE ?? config.database

/** Puts the configuration beside index.html (H5), or the appid into the project. */
function configuration(): Plugin {
  return {
    name: 'configuration',
    configureServer({ middlewares }) {
      middlewares.use('/config.json', (_, answer) => answer.end(JSON.stringify(config)))
    },
    generateBundle() {
      if (!weixin) {
        this.emitFile({
          type: 'asset', fileName: 'config.json', source: JSON.stringify(config, null, 2),
        })
      }
    },
    closeBundle() {
      if (weixin) {
        const path = `${process.env.UNI_OUTPUT_DIR}/project.config.json`
        const project = JSON.parse(readFileSync(path, 'utf-8'))
        writeFileSync(path, JSON.stringify({ ...project, appid: config.appid }, null, 2))
      }
    },
  }
}

/** WeChat calls it `aria-role`. */
function ariaRole(): Plugin {
  return {
    name: 'aria-role',
    enforce: 'pre',
    transform(code, id) {
      if (weixin && id.endsWith('.vue')) {
        return code.replace(/([\s:])role="/g, '$1aria-role="')
      }
    },
  }
}

/** uni-h5's style sheets ask a CDN for decorations that we do not use. */
function noOutsideImages(): Plugin {
  return {
    name: 'no-outside-images',
    generateBundle(_, bundle) {
      for (const asset of Object.values(bundle)) {
        if (asset.type === 'asset' && asset.fileName.endsWith('.css')) {
          asset.source = String(asset.source)
            .replace(/url\(["']?https?:\/\/cdn\.dcloud\.net\.cn[^)]*\)/g, 'none')
        }
      }
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [ariaRole(), uni(), noOutsideImages(), configuration()],
  resolve: { alias: { '@': file('src') } },
  // `npm run dev:h5` works with the server of scripts/demo.
  server: { proxy: { [`/${config.database}/training`]: 'http://127.0.0.1:8000' } },
  define: { WEIXIN_CONFIG: JSON.stringify({ ...config, sandbox: '' }) },
})
