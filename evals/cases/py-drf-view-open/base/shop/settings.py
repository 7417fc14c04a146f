import os

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "rest_framework", "orders"]
ROOT_URLCONF = "shop.urls"
SECRET_KEY = os.environ["SECRET_KEY"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    # Catalogue and carts are public: views that are not say so themselves.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "EXCEPTION_HANDLER": "shop.errors.problem_details",
}
