# El acuerdo: qué sale de una comunidad, hacia quién, para qué y hasta cuándo.
nav-agreement = Qué compartimos
sharing-title = Qué compartimos
sharing-lead = Qué sale de esta comunidad, hacia quién, para qué y hasta cuándo. Nada más sale.
sharing-headline =
    { $n ->
        [one] Una vecina ve lo que tenemos
       *[other] { $n } vecinas ven lo que tenemos
    }
sharing-headline-nobody = Ninguna vecina ve lo que tenemos
sharing-headline-copy = Una copia de seguridad guarda lo que las comunidades le permiten y no comparte nada propio
sharing-leaves = Qué sale
sharing-always = Siempre
sharing-always-what = Lo que la ayuda necesita: necesidades, ofertas, promesas, cargas, recibos, rutas cerradas y lotes retirados, con cantidades y sin nombres; y quién puede firmar por nosotros.
sharing-always-why = No termina con ningún acuerdo, para que ningún papel frene la ayuda.
sharing-never = Nunca
sharing-never-what = Nombres, teléfonos, notas y cualquier cosa sobre una persona. No están en lo que se comparte.
sharing-stock = Lo que hay en nuestros almacenes
sharing-served = Cuántas personas fueron atendidas, contadas en cada entrega
sharing-nobody = Nadie
sharing-with = Con { $who }
sharing-not-signed = Aún sin firmar por { $who }: lo leen igualmente y no han prometido borrarlo.
sharing-shortfalls = No todas ven nuestros almacenes. Por eso este ordenador declara por sí mismo, como necesidades, lo que nos falta.
sharing-hidden = Estas no nos muestran sus almacenes: { $who }. Lo que necesitan se sigue viendo aquí.
sharing-holds = En vigor
sharing-ahead = Firmado, empieza después
sharing-proposed = Faltan firmas
sharing-lapsed = Terminado
sharing-ended = Puesto fin
sharing-days = Desde – hasta
sharing-basis = Se apoya en
sharing-copies = Copias de seguridad
sharing-copies-yes = Puede guardarse en las copias de seguridad de las partes
sharing-copies-no = No en copias de seguridad
sharing-check = Número de control
sharing-fields = Todos los campos: { $fields }
sharing-stock-how = Lote por lote, en cuanto se escribe. No se pasa a otros.
sharing-served-how = Una vez al mes, para una comunidad entera de 5.000 personas o más. De 1 a 7 no se dice nada; el resto se redondea a 5.
sharing-left-out = no se dice
sharing-so-far = Este mes hasta ahora, tal como saldría
sharing-retention =
    { $n ->
        [0] Cuando termina, se borra enseguida.
        [one] Un día después de terminar, se borra.
       *[other] { $n } días después de terminar, se borra.
    }
sharing-field-item = qué es
sharing-field-store = qué almacén
sharing-field-good-until = último día bueno
sharing-field-batch = número de lote
sharing-field-amount = cantidad
sharing-field-reason = por qué entró o salió
sharing-field-day = cuándo
sharing-field-method = cómo se contó
sharing-field-month = mes
sharing-field-people = personas
sharing-field-households = hogares
sharing-parties = Quién firma
sharing-signed =
    { $n ->
        [0] nadie ha firmado
        [one] ha firmado una persona
       *[other] han firmado { $n } personas
    }
sharing-text = El texto completo
sharing-none = No hay ningún acuerdo que no haya terminado.
sharing-over = Acuerdos terminados
sharing-sign = Firmar por nosotros
sharing-end = Ponerle fin
sharing-end-how = Nuestros almacenes quedan ocultos enseguida para las vecinas, y los suyos para nosotros. Lo que necesitamos, ofrecemos y enviamos sigue. No se puede deshacer: para volver a compartir se firma un texto nuevo.
sharing-end-now = Ponerle fin ahora por nosotros
sharing-propose = Un acuerdo nuevo
sharing-propose-open = Proponer un texto
sharing-propose-text = El texto
sharing-propose-hint = Cambia lo que deba ser distinto: días, comunidades, razones. Dos personas de cada comunidad firman el mismo texto; quien tiene el mismo número de control tiene el mismo texto.
sharing-propose-go = Proponer y firmar
sharing-tonight = Qué lleva el próximo intercambio
sharing-tonight-how = Nuestras entradas más nuevas y quién puede leer cada una. «Mostrar» tiene todo lo que sale con ella.
sharing-col-entry = Entrada
sharing-col-month = Mes
sharing-col-people = Personas
sharing-col-households = Hogares
sharing-col-kind = Parte
sharing-col-readers = Quién la lee
sharing-col-exact = Exactamente
sharing-everybody = Todas las vecinas
sharing-entry = { $reason }: { $what }
sharing-entry-batch = Un lote nuevo
sharing-entry-task = Una tarea, dada o retirada
sharing-entry-region = El archivo de la región
sharing-entry-neighbour = Se conoce el ordenador de una comunidad
sharing-entry-agreement = Un acuerdo: texto, firma o fin
sharing-entry-record = El registro mismo: una clave, o dónde empieza
sharing-show = Mostrar
sharing-waits =
    { $n ->
        [one] en camino a una
       *[other] en camino a { $n }
    }
sharing-kind-keys = Claves y tareas
sharing-kind-aid = Lo que la ayuda necesita
sharing-let-go = { $who } borró lo que { $whose } había compartido
sharing-gone = Borrado según lo acordado
sharing-notice-lapsed = Nuestro acuerdo terminó el { $date }: las vecinas ya no ven nuestros almacenes ni nosotros los suyos. Lo que necesitamos se sigue diciendo, en cantidades.
sharing-notice-soon =
    { $n ->
        [one] Nuestro acuerdo termina hoy. Hay que acordar uno nuevo para que las vecinas sigan viendo nuestros almacenes.
       *[other] Nuestro acuerdo termina el { $date }, dentro de { $n } días. Hay que acordar uno nuevo para que las vecinas sigan viendo nuestros almacenes.
    }
sharing-notice-unsigned = «{ $title }» espera una firma nuestra.
sharing-look = Qué compartimos
sharing-not-shown = No nos muestra sus almacenes
refusal-agreement =
    { $n ->
        [one] El texto tiene un fallo: { $first }
       *[other] El texto tiene { $n } fallos; el primero: { $first }
    }
refusal-no-agreement = Este texto no se conoce aquí. Haz un intercambio con quien lo propuso, o proponlo aquí.
refusal-no-party = { $place } no es parte de este texto, así que aquí nadie lo firma.
refusal-agreement-over = Este acuerdo ha terminado. Propón un texto nuevo, con días nuevos.
refusal-signed-already = Ya lo has firmado. Firma también una segunda persona.
job-sharing = Cumplir los acuerdos
