from celery import Celery

app = Celery("reports")
app.conf.update(
    broker_url="redis://queue:6379/0",
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # With Redis a task that is not acknowledged by then is handed to another worker.
    broker_transport_options={"visibility_timeout": 3600},
    task_serializer="json",
)
