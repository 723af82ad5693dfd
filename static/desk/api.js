// Shows the API's description. A token typed under "Authorize" stays in this page.
const place = document.getElementById("api");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
