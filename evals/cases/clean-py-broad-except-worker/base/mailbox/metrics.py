from prometheus_client import Counter

handled = Counter("mails_handled", "Mails turned into tickets")
