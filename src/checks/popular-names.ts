/** Very popular package names of npm and PyPI: what a look-alike would imitate. */

/** Names of three letters and less have too many honest neighbours; they are left out on purpose. */
const NPM = `
react react-dom react-router react-router-dom react-redux react-native react-query react-hook-form react-select
react-icons react-scripts react-test-renderer react-is react-transition-group react-dropzone react-helmet react-table
preact redux redux-thunk redux-saga reselect immer immutable zustand recoil mobx mobx-react jotai
next nuxt gatsby remix astro svelte angular vue vuex vue-router pinia vite vitest
express express-session express-validator fastify koa-router hapi restify polka connect body-parser cookie-parser
cors helmet morgan multer passport passport-local passport-jwt compression serve-static http-proxy
http-proxy-middleware socket.io socket.io-client engine.io sockjs
lodash lodash-es lodash.merge lodash.debounce lodash.get underscore ramda rxjs async bluebird q-io
axios request node-fetch cross-fetch isomorphic-fetch superagent undici needle ky-universal
moment moment-timezone dayjs date-fns luxon uuid nanoid shortid ulid
chalk colors kleur picocolors ansi-styles ansi-regex strip-ansi supports-color color-convert color-name debug
commander yargs yargs-parser minimist inquirer prompts enquirer ora listr cli-table figlet boxen meow
webpack webpack-cli webpack-dev-server rollup parcel esbuild turbo lerna gulp grunt browserify
babel-core babel-loader babel-eslint css-loader style-loader sass-loader file-loader url-loader ts-loader
html-webpack-plugin mini-css-extract-plugin terser terser-webpack-plugin uglify-js clean-css
typescript ts-node tslib tsup nodemon concurrently npm-run-all cross-env dotenv rimraf husky lint-staged
eslint eslint-plugin-react eslint-plugin-import eslint-config-prettier eslint-plugin-prettier prettier stylelint
jest jest-cli ts-jest babel-jest mocha chai sinon jasmine karma cypress playwright puppeteer supertest nyc
enzyme jsdom cheerio nock faker
mongoose mongodb mysql mysql2 pg-promise sequelize typeorm knex prisma redis ioredis sqlite3 better-sqlite3
bookshelf objection drizzle-orm
graphql graphql-tag apollo-server apollo-client graphql-tools graphql-request
jsonwebtoken bcrypt bcryptjs crypto-js argon2 jose passport-oauth2 node-forge validator
ajv yup joi zod class-validator class-transformer superstruct io-ts
winston pino bunyan log4js loglevel
sharp jimp canvas pdfkit exceljs xlsx papaparse csv-parse csv-parser
aws-sdk firebase firebase-admin googleapis stripe twilio nodemailer sendgrid
glob globby minimatch micromatch fast-glob chokidar fs-extra mkdirp graceful-fs readable-stream through2
semver js-yaml yaml json5 ini toml marked markdown-it highlight.js prismjs showdown handlebars mustache ejs pug nunjucks
tailwindcss postcss autoprefixer sass node-sass less bootstrap jquery styled-components emotion classnames clsx
bulma antd material-ui framer-motion three chart.js d3-array echarts leaflet swiper
electron electron-builder ionic cordova expo
core-js regenerator-runtime whatwg-fetch es6-promise object-assign inherits safe-buffer buffer process events
execa shelljs cross-spawn which signal-exit tmp tar archiver adm-zip jszip unzipper
qs query-string url-parse path-to-regexp mime mime-types content-type form-data formidable busboy
lru-cache node-cache p-limit p-map p-queue p-retry retry bottleneck bull bullmq agenda cron node-cron node-schedule
i18next react-i18next intl-messageformat
prop-types hoist-non-react-statics invariant warning tiny-invariant
`;

const PYPI = `
requests urllib3 certifi idna charset-normalizer chardet httpx aiohttp httplib2 websockets websocket-client
numpy pandas scipy matplotlib seaborn plotly bokeh scikit-learn scikit-image statsmodels xgboost lightgbm catboost
tensorflow keras torch torchvision transformers tokenizers datasets accelerate diffusers sentence-transformers
huggingface-hub openai anthropic langchain tiktoken nltk spacy gensim
django djangorestframework django-cors-headers django-filter django-environ django-redis django-allauth
flask flask-cors flask-login flask-sqlalchemy flask-migrate flask-restful flask-wtf werkzeug jinja2 markupsafe
itsdangerous click fastapi starlette uvicorn gunicorn pydantic pydantic-core pydantic-settings typing-extensions
tornado bottle falcon sanic pyramid aiofiles
sqlalchemy alembic psycopg2 psycopg2-binary psycopg asyncpg pymysql mysqlclient mysql-connector-python pymongo motor
redis celery kombu amqp pika kafka-python elasticsearch peewee tortoise-orm
boto3 botocore s3transfer awscli azure-core azure-identity azure-storage-blob google-api-core google-auth
google-cloud-storage google-cloud-bigquery protobuf grpcio grpcio-tools
pytest pytest-cov pytest-asyncio pytest-mock pytest-xdist coverage mock hypothesis factory-boy faker responses
nose tox black flake8 pylint mypy isort ruff bandit pre-commit pycodestyle pyflakes autopep8
setuptools wheel pip-tools virtualenv poetry pipenv twine build packaging importlib-metadata zipp platformdirs
filelock distlib tomli attrs cattrs six pluggy iniconfig
pyyaml toml tomlkit python-dotenv configparser jsonschema marshmallow simplejson orjson ujson
cryptography pycryptodome pyopenssl pyjwt passlib bcrypt paramiko python-jose oauthlib requests-oauthlib
pillow opencv-python opencv-python-headless imageio reportlab pypdf2 openpyxl xlsxwriter xlrd python-docx
beautifulsoup4 lxml html5lib selenium scrapy playwright soupsieve cssselect mechanize
python-dateutil pytz tzdata arrow pendulum
rich colorama tqdm tabulate termcolor prompt-toolkit pygments typer fire docopt
loguru structlog sentry-sdk prometheus-client opentelemetry-api opentelemetry-sdk
jupyter jupyterlab notebook ipython ipykernel nbconvert nbformat traitlets
psutil watchdog schedule apscheduler joblib dask distributed ray multiprocess cloudpickle
networkx sympy shapely geopandas pyproj folium
pyarrow fastparquet polars duckdb tables h5py
discord-py python-telegram-bot tweepy slack-sdk twilio stripe sendgrid
streamlit gradio dash altair
tenacity backoff cachetools wrapt decorator more-itertools toolz
docker kubernetes ansible fabric invoke
markdown mistune docutils sphinx mkdocs mkdocs-material
regex ply pyparsing lark jmespath dnspython netaddr ipaddress
`;

export const POPULAR_NAMES: Readonly<Record<"npm" | "PyPI", ReadonlySet<string>>> = {
  npm: new Set(NPM.trim().split(/\s+/)),
  PyPI: new Set(PYPI.trim().split(/\s+/)),
};
