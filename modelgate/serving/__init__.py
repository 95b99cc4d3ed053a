"""The promoted model as a microservice: Open Inference Protocol, version 2, over HTTP."""
