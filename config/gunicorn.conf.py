"""gunicorn -c config/gunicorn.conf.py trytond.application:app"""
import multiprocessing

bind = 'unix:/run/supervision-training/web.sock'
# One synchronous worker a core: threads made every request slower and conflicts worse.
workers = multiprocessing.cpu_count()
worker_class = 'sync'
timeout = 60
max_requests = 10000
max_requests_jitter = 1000
raw_env = [
    'TRYTOND_CONFIG=/etc/supervision-training/trytond.conf',
    'TRYTOND_DATABASE_NAMES=training',
    'TRYTOND_LOGGING_CONFIG=/srv/supervision-training/config/logging.conf',
    ]
