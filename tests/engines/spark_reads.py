"""Apache Spark reads a dataset of `exlog export` and says what `exlog analyze` says: spark_reads.py EXLOG LOGS DATASET."""

import sys

from pyspark.sql import SparkSession

from questions import check

exlog, logs, dataset = sys.argv[1:]
session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
spark = session.config("spark.sql.shuffle.partitions", "2").getOrCreate()
spark.read.parquet(dataset).createOrReplaceTempView("attempts")
check("Spark", lambda question: spark.sql(question).collect(), exlog, logs)
spark.stop()
