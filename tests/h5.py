# This file is part of supervision_training.  The LICENSE file at the top level of
# this repository contains the full copyright notices and license terms.
"""The trainee's web page in a window of a phone's size, used as a person does.

    def test_profile(h5):
        phone = h5()
        phone.tap('profile')
        phone.log_in()
        phone.tap('save')
        assert phone.errors() == {'name': '请输入姓名。', …}

Things are found by their data-testid, dialogs by their words. The fixture ``h5`` fails
when the page writes an error to the console or asks anybody but the server and the
sandbox.
"""
from pathlib import Path
from urllib.parse import urlsplit

from demo_data import database

AXE = Path(__file__).parent.parent / 'miniprogram/node_modules/axe-core/axe.min.js'
READY = '''() => document.querySelector('.frame')
    && !document.querySelector('.skeleton, [aria-busy=true]')'''
ERRORS = '''page => Object.fromEntries(
    [...page.querySelectorAll('[data-field]')]
        .map(field => [field.dataset.field, field.querySelector('[role=alert]')])
        .filter(([, alert]) => alert)
        .map(([name, alert]) => [name, alert.innerText.trim()]))'''
SERIOUS = '''async () => (await axe.run()).violations
    .filter(({impact}) => ['serious', 'critical'].includes(impact))
    .map(({id, nodes}) => `${id}: ${nodes.map(node => node.html).join(' | ')}`)'''


class H5:
    """A phone.

    :param page: Playwright's page.
    :param server: the server's address.
    :param name: that of the database.
    :param sandbox: WeChat's sandbox.
    """

    def __init__(self, page, server, name, sandbox):
        self.page = page
        self.url = f'{server}/h5/'
        self.problems = []
        hosts = {urlsplit(url).netloc for url in [server, sandbox.url]}
        page.set_default_timeout(30_000)
        page.on('pageerror', lambda error: self.problems.append(str(error)))
        page.on('console', lambda message: self.problems.append(message.text)
            if message.type in {'error', 'warning'} else None)
        page.on('request', lambda request: self.problems.append(
                f'asked {request.url}')
            if request.url.startswith('http')
            and urlsplit(request.url).netloc not in hosts else None)
        page.route('**/h5/config.json', lambda route: route.fulfill(json={
                    'server': '', 'database': name, 'appid': database.APPID,
                    'sandbox': sandbox.url}))
        page.route('**/training/ticket/**', self._download)

    def _download(self, route):
        "Download a paper: to be shown it needs a viewer, whose pages are not ours"
        answer = route.fetch()
        route.fulfill(response=answer, headers={
                **answer.headers, 'content-disposition': 'attachment'})

    def open(self, path='', **query):
        "Open a page of the client, as 'exams', or the first one"
        if path:
            query = '&'.join(f'{k}={v}' for k, v in query.items())
            path = f'#/pages/{path}/{path}?{query}'
        self.page.goto('about:blank')
        self.page.goto(self.url + path)
        return self.ready()

    def ready(self):
        "Wait until nothing loads"
        self.page.wait_for_function(READY)
        return self

    def log_in(self, name='新的微信用户'):
        "Choose one of WeChat's users at the sandbox"
        self.page.get_by_role('button', name=name, exact=True).click()
        return self.ready()

    def first_paint(self):
        "Return the milliseconds until something was seen"
        return self.page.evaluate('''() =>
            performance.getEntriesByName('first-contentful-paint')[0].startTime''')

    def at(self, path):
        "Wait for a page of the client"
        self.page.wait_for_url(f'**/{path}*')
        return self.ready()

    # What is seen

    def by(self, test_id):
        return self.page.get_by_test_id(test_id).last

    def text(self, test_id):
        return self.by(test_id).inner_text()

    def sees(self, words):
        "Wait for words"
        self.page.get_by_text(words).last.wait_for()
        return self

    def field(self, name):
        return self.page.locator(f'[data-field="{name}"]').last

    def errors(self):
        "Return the error at each field that has one"
        self.ready()
        page = self.page.locator('uni-page').last
        page.locator('[data-field] [role=alert]').first.wait_for()
        return page.evaluate(ERRORS)

    def error(self, field):
        "Wait for the error at a field"
        alert = self.field(field).get_by_role('alert')
        alert.wait_for()
        return alert.inner_text().strip()

    def faults(self):
        "Return what a person with a handicap would stumble over"
        # A toast that fades has no colours of its own.
        self.page.locator('uni-toast').wait_for(state='hidden')
        self.page.evaluate(AXE.read_text(encoding='utf-8'))
        return self.page.evaluate(SERIOUS)

    # What is done

    def tap(self, *test_ids):
        for test_id in test_ids:
            self.by(test_id).click()
        return self

    def press(self, *words):
        "Press what has the words, in a dialog above all"
        for word in words:
            self.page.get_by_text(word, exact=True).last.click()
        return self

    def fill(self, **values):
        for name, value in values.items():
            self.by(name.replace('__', '.')).locator('input, textarea').fill(value)
        return self

    def choose(self, **values):
        "Choose from lists by the words"
        for name, words in values.items():
            self.by(name.replace('__', '.')).click()
            self.page.get_by_role('radio', name=words).last.click()
        return self

    def give(self, kind, data, name='upload.jpg', mime_type='image/jpeg'):
        "Choose a file for a field"
        again = self.field(kind).get_by_role('button', name='重新上传')
        with self.page.expect_file_chooser() as chooser:
            (again if again.count() else self.by(kind)).click()
        chooser.value.set_files(
            {'name': name, 'mimeType': mime_type, 'buffer': data})
        return self
