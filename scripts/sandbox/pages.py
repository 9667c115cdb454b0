# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The pages for people: the login and the cashier of WeChat, and what happened."""
from html import escape
from urllib.parse import urlencode, urlsplit

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

STYLE = '''
:root { color-scheme: light }
body { margin: 0; background: #ededed; color: #191919; font: 16px/1.6 system-ui,
  "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif }
main { max-width: 420px; margin: 0 auto; padding: 32px 20px; box-sizing: border-box }
main.wide { max-width: 1000px }
.sheet { background: #fff; border-radius: 12px; padding: 28px 20px; text-align: center }
h1 { font-size: 18px; font-weight: 600; margin: 0 0 12px }
.amount { font-size: 44px; font-weight: 600; margin: 8px 0 4px }
.quiet { color: #666; font-size: 14px; margin: 4px 0; overflow-wrap: anywhere }
button, .button { display: block; width: 100%; box-sizing: border-box; min-height: 48px;
  margin-top: 14px; padding: 11px; border: 0; border-radius: 8px; font-size: 17px;
  background: #fff; color: #191919; text-decoration: none; text-align: center;
  cursor: pointer; border: 1px solid #ddd }
.primary { background: #06a050; border-color: #06a050; color: #fff; font-weight: 600 }
button:focus-visible, .button:focus-visible { outline: 3px solid #1a56b8 }
table { width: 100%; border-collapse: collapse; background: #fff; margin-bottom: 28px }
th, td { text-align: left; padding: 8px; border-bottom: 1px solid #eee; font-size: 14px;
  overflow-wrap: anywhere }
'''


def page(title, body, wide=False):
    return Response(
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><style>{STYLE}</style>'
        f'<main class="{"wide" if wide else ""}">{body}</main></html>',
        content_type='text/html; charset=utf-8')


def on_loopback(url):
    return urlsplit(url).hostname in {'127.0.0.1', 'localhost'}


def back(url, **values):
    "Return a redirection to the client with values in its query"
    parts = urlsplit(url)
    query = '&'.join(filter(None, [parts.query, urlencode(values)]))
    return redirect(parts._replace(query=query).geturl())


def login(users, request):
    "Choose who of the sandbox's WeChat users logs in"
    buttons = ''.join(
        f'<button name="openid" value="{escape(u["openid"])}">{escape(u["name"])}'
        '</button>' for u in users)
    return page('微信登录', f'''
<div class="sheet"><h1>微信登录（沙箱）</h1>
<p class="quiet">代替微信小程序的登录，请选择一位微信用户</p>
<form method="post">{buttons}
<button class="primary" name="openid" value="">新的微信用户</button></form></div>''')


def cashier(order, merchant):
    "Show what is to be paid"
    amount = order['asked']['amount']['total'] / 100
    return page('微信支付', f'''
<div class="sheet"><h1>{escape(merchant.get('name') or '微信支付')}</h1>
<p class="quiet">{escape(order['asked']['description'])}</p>
<p class="amount">¥{amount:.2f}</p>
<p class="quiet">订单号 {escape(order['number'])}</p>
<form method="post">
<button class="primary" name="result" value="ok">立即支付</button>
<button name="result" value="cancel">取消</button></form></div>''')


def broken(message):
    return page('无法继续', f'<div class="sheet"><h1>{escape(message)}</h1></div>')


def index(store):
    "Show the orders, refunds, notifications and messages"
    def table(title, heads, rows):
        head = ''.join(f'<th>{escape(h)}</th>' for h in heads)
        body = ''.join(
            '<tr>' + ''.join(f'<td>{escape(str(c))}</td>' for c in row) + '</tr>'
            for row in rows) or f'<tr><td colspan="{len(heads)}">暂无</td></tr>'
        return f'<h1>{title}</h1><table><tr>{head}</tr>{body}</table>'

    return page('微信沙箱', ''.join([
            table('订单', ['商户订单号', '金额（元）', '状态', '说明'], [
                    (o['number'], f"{o['asked']['amount']['total'] / 100:.2f}",
                        o['state'], o['asked']['description'])
                    for o in store.all('order')]),
            table('退款', ['退款单号', '金额（元）', '状态'], [
                    (r['out_refund_no'], f"{r['amount'] / 100:.2f}", r['status'])
                    for r in store.all('refund')]),
            table('支付通知', ['事件', '地址', '应答'], [
                    (n['event'], n['url'], n['status'] or '—')
                    for n in store.all('notification')]),
            table('订阅消息', ['接收人', '模板', '内容'], [
                    (m['touser'], m['template_id'],
                        ' '.join(v['value'] for v in m['data'].values()))
                    for m in store.all('message')]),
            ]), wide=True)
