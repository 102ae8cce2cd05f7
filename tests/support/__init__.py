"""What tests share: the engine harness, sinks, factories, fakes and services. No test stands here."""
