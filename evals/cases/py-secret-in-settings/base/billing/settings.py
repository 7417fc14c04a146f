import os

DEBUG = False
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["DB_HOST"],
        "NAME": "billing",
        "USER": "billing",
        "PASSWORD": os.environ["DB_PASSWORD"],
    }
}

EMAIL_HOST = "relay-old.internal.example"
EMAIL_PORT = 25
DEFAULT_FROM_EMAIL = "invoices@example.com"
