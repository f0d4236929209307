# SPDX-License-Identifier: Apache-2.0
# A stage of the visibility classifier by scikit-learn: scikit_stage.py VECTORS.csv COMPONENTS C
# The last column of VECTORS.csv is the class. Prints the stage in the space of the vectors and the classes it gives.
import json
import sys

import numpy
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

table = numpy.loadtxt(sys.argv[1], delimiter=",")
vectors, labels = table[:, :-1], table[:, -1].astype(int)
axes = PCA(int(sys.argv[2]), svd_solver="full").fit(vectors)
model = LogisticRegression(C=float(sys.argv[3]), tol=1e-9, max_iter=50000)
model.fit(axes.transform(vectors), labels)
weights = model.coef_ @ axes.components_
bias = model.intercept_ - weights @ axes.mean_
said = model.predict(axes.transform(vectors))
print(json.dumps({"weights": weights.tolist(), "bias": bias.tolist(), "said": said.tolist()}))
