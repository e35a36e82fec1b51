from fastapi import FastAPI


def create_app(features):
    return FastAPI()
